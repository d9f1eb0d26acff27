import FFmpeg
import Foundation

/// Collects small pictures of a video in the order of their times, and puts them on one sheet.
final class StoryboardRecorder {
    /// No side of a JPEG may be longer than 65,500 pixels.
    private static let maxSide = 65_000

    /// How far apart the pictures are at least, in seconds.
    private(set) var interval: Double
    private let settings: PipelineDefinition.Storyboard
    private let maxCells: Int
    private let cell: PictureSize
    private let filter: PictureFilter
    private var nextTime = 0.0
    private var cells = FIFO<Frame>()
    private(set) var times: [Double] = []

    /// `size` is the shape of the pictures that will come.
    init(settings: PipelineDefinition.Storyboard, size: PictureSize, durationSeconds: Double) {
        let cell = size.fitting(longSide: settings.longSide)
        self.settings = settings
        self.cell = cell
        maxCells = max(1, min(settings.maxCells, settings.columns * (Self.maxSide / cell.height)))
        interval = max(settings.minInterval, durationSeconds / Double(maxCells))
        filter = PictureFilter { PictureFilters.jpeg($0, size: cell) }
    }

    /// Takes a picture if it is time for the next one.
    func consider(_ frame: borrowing Frame, at seconds: Double) throws {
        guard seconds >= nextTime || times.isEmpty else { return }
        // A video that lasts longer than it was said to gets its pictures at twice the distance.
        if times.count == maxCells { thinOut() }
        nextTime = ((seconds / interval).rounded(.down) + 1) * interval
        try add(frame, at: seconds)
    }

    /// Takes a picture, which is shown from `seconds` on.
    func add(_ frame: borrowing Frame, at seconds: Double) throws {
        try filter.process(frame) { picture in
            picture.pts = Int64(times.count)
            cells.append(picture)
            times.append(seconds)
        }
    }

    private func thinOut() {
        interval *= 2
        for index in times.indices {
            guard let cell = cells.popFirst(), index.isMultiple(of: 2) else { continue }
            cells.append(cell)
        }
        times = times.indices.filter { $0.isMultiple(of: 2) }.map { times[$0] }
    }

    /// Writes the sheet and the map; the last picture is shown until `endSeconds`.
    func write(to folder: URL, endSeconds: Double) throws {
        guard !times.isEmpty else { throw SourceFailure.damaged }
        let columns = min(settings.columns, times.count)
        let sheet = try makeSheet(columns: columns, rows: (times.count + columns - 1) / columns)
        let bytes = try StillImageEncoder.jpeg(sheet, quality: settings.jpegQuality)
        try PackageLayout.write(bytes, to: folder, PackageLayout.storyboard)
        let map = StoryboardMap(startTimes: times, endSeconds: endSeconds, cell: cell, columns: columns)
        try PackageLayout.write(Array(map.text.utf8), to: folder, PackageLayout.storyboardMap)
    }

    private func makeSheet(columns: Int, rows: Int) throws -> Frame {
        var graph: FilterGraph?
        let count = times.count
        while let cell = cells.popFirst() {
            let opened =
                try graph ?? FilterGraph(PictureFilters.sheet(cell.traits, columns: columns, rows: rows, count: count))
            try opened.push(cell)
            graph = opened
        }
        try graph?.pushEnd()
        guard let sheet = try graph?.sink("buffersink@out").nextFrame() else {
            throw MediaError(.internalFailure, "The storyboard's sheet was lost in its filters.")
        }
        return sheet
    }
}
