import Foundation

/// What the outer boxes of an MP4 or MOV file tell before any library looks at it.
///
/// Only headers of boxes are read, so that it takes no time in a large file.
struct MovieOutline {
    /// Whether the index is spread over the file, so that no part of it knows the whole duration.
    private(set) var isFragmented = false
    /// Whether pictures or sound are in other files, which a stranger's file must not make us open.
    private(set) var refersToOtherFiles = false
    private(set) var trackCount = 0

    /// Where a box and what it holds are in the file.
    private struct Box {
        var type: String
        var content: Range<UInt64>
    }

    /// Boxes that hold those that are looked for.
    private static let containers = ["moov", "trak", "mdia", "minf", "dinf", "dref"]

    /// A file with more boxes than this is made to take long, and one with deeper ones to exhaust the stack; FFmpeg's
    /// own limit of depth is the same.
    private static let maxBoxes = 20_000
    private static let maxDepth = 10

    private let file: FileHandle
    private var boxCount = 0

    /// Reads a file that is thought to be one; one that is not has no properties.
    init(path: String) throws {
        file = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? file.close() }
        try read(0..<file.seekToEnd(), inside: [])
    }

    /// `path` names the boxes around, the outermost first.
    private mutating func read(_ range: Range<UInt64>, inside path: [String]) throws {
        guard path.count <= Self.maxDepth else { return }
        var start = range.lowerBound
        while boxCount < Self.maxBoxes, let box = try box(at: start, within: range) {
            boxCount += 1
            try note(box, inside: path)
            start = box.content.upperBound
        }
    }

    private mutating func note(_ box: Box, inside path: [String]) throws {
        if box.type == "moof" || box.type == "mvex" { isFragmented = true }
        if box.type == "trak" { trackCount += 1 }
        // QuickTime's reference movie has no samples, only names of other movies.
        if box.type == "rmra" { refersToOtherFiles = true }
        if path.last == "dref", try !isSelfContained(box) { refersToOtherFiles = true }
        guard Self.containers.contains(box.type) else { return }
        // The table of data references has a version and a count before its entries.
        let start = min(box.content.lowerBound + (box.type == "dref" ? 8 : 0), box.content.upperBound)
        try read(start..<box.content.upperBound, inside: path + [box.type])
    }

    /// The lowest flag of a data reference says that the samples are in this very file.
    private func isSelfContained(_ box: Box) throws -> Bool {
        let fields = try bytes(4, at: box.content.lowerBound)
        return fields.count == 4 && fields[3] & 1 == 1
    }

    private func box(at start: UInt64, within range: Range<UInt64>) throws -> Box? {
        let header = try bytes(16, at: start)
        guard header.count >= 8, start + 8 <= range.upperBound else { return nil }
        let size = header[..<4].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let type = String(decoding: header[4..<8], as: UTF8.self)
        // 1 announces a 64-bit size; 0 means "to the end".
        let isLong = size == 1 && header.count == 16
        let length = isLong ? header[8...].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } : size
        let end =
            length == 0 ? range.upperBound : min(start.addingReportingOverflow(length).partialValue, range.upperBound)
        let content = start + (isLong ? 16 : 8)
        guard end >= content else { return nil }
        return Box(type: type, content: content..<end)
    }

    private func bytes(_ count: Int, at offset: UInt64) throws -> [UInt8] {
        try file.seek(toOffset: offset)
        return Array(try file.read(upToCount: count) ?? Data())
    }
}
