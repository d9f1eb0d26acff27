import Domain
import Foundation
import Media

/// What `process` made, as a table for people.
struct ResultTable: CustomStringConvertible {
    private let result: VideoProcessor.Result
    private let folder: String

    /// `folder` is where the package is, as the user wrote it.
    init(_ result: VideoProcessor.Result, folder: String) {
        self.result = result
        self.folder = folder
    }

    var description: String {
        let package = result.package
        let megabytes = Self.decimal(Double(package.files.reduce(0) { $0 + $1.sizeBytes }) / 1e6)
        let seconds = result.timings.totalSeconds
        let speed = seconds > 0 ? Self.decimal(package.durationSeconds / seconds) : "-"
        let title =
            "\(folder): \(Self.decimal(package.durationSeconds)) s in \(Self.decimal(seconds)) s "
            + "(\(speed) x real time), \(package.files.count) files, \(megabytes) MB, verified"
        let rows = [Self.header] + package.renditions.map(row) + [playbackRow]
        return ([title] + Self.aligned(rows) + ["  cover: \(folder)/cover.jpg"]).joined(separator: "\n")
    }

    private static let header = ["rung", "size", "pictures", "codecs", "MB", "kbit/s", "peak"]

    private func row(_ rendition: Rendition) -> [String] {
        [
            rendition.name, "\(rendition.width) x \(rendition.height)",
            rendition.name == result.copiedRendition ? "copied" : "encoded", rendition.codecs,
            megabytes(of: { $0.hasPrefix("hls/\(rendition.name)/") }), "\(rendition.averageBandwidth / 1000)",
            "\(rendition.bandwidth / 1000)",
        ]
    }

    private var playbackRow: [String] {
        let package = result.package
        return [
            "play.mp4", "\(package.width) x \(package.height)", "", "", megabytes(of: { $0 == "play.mp4" }), "", "",
        ]
    }

    private func megabytes(of isWanted: (String) -> Bool) -> String {
        let bytes = result.package.files.filter { isWanted($0.path) }.reduce(0) { $0 + $1.sizeBytes }
        return Self.decimal(Double(bytes) / 1e6)
    }

    /// Columns as wide as their widest cell.
    private static func aligned(_ rows: [[String]]) -> [String] {
        let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
            return "  " + cells.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
        }
    }

    private static func decimal(_ value: Double) -> String { String(format: "%.1f", value) }
}
