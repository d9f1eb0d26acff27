import Foundation

/// Changes boxes of an MP4 file whose index stands at its end, so that no position in it moves.
enum BoxEditor {
    /// Where a box is: its header is 8 bytes.
    private struct Box {
        var range: Range<Int>
        var type: String
    }

    /// Adds a box at the end of the box with this path, and makes those around it larger.
    static func insert(_ type: String, _ payload: [UInt8], atEndOf path: [String], in file: inout Data) throws {
        let chain = try chain(path, file)
        let box = Data(bytes(UInt32(payload.count + 8)) + Array(type.utf8) + payload)
        for ancestor in chain {
            let size = UInt32(ancestor.range.count + box.count)
            file.replaceSubrange(ancestor.range.lowerBound..<ancestor.range.lowerBound + 4, with: bytes(size))
        }
        guard let parent = chain.last else { return }
        file.insert(contentsOf: box, at: parent.range.upperBound)
    }

    /// What the box with this path holds.
    static func payload(of path: [String], in file: Data) throws -> [UInt8] {
        try chain(path, file).last.map { Array(file[$0.range.lowerBound + 8..<$0.range.upperBound]) } ?? []
    }

    /// Overwrites bytes of the payload of the box with this path.
    static func overwrite(_ path: [String], at offset: Int, with new: [UInt8], in file: inout Data) throws {
        guard let box = try chain(path, file).last else { return }
        let start = box.range.lowerBound + 8 + offset
        file.replaceSubrange(start..<start + new.count, with: new)
    }

    /// A number as boxes store it.
    static func bytes(_ value: UInt32) -> [UInt8] {
        stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    }

    /// The boxes from the outermost to the one with this path, the first of each type.
    private static func chain(_ path: [String], _ file: Data) throws -> [Box] {
        var inside = 0..<file.count
        return try path.map { type in
            guard let box = children(of: inside, in: file).first(where: { $0.type == type }) else {
                throw Command.Failure(description: "there is no box \(type)")
            }
            // The table of sample entries has eight bytes of its own before them.
            inside = box.range.lowerBound + (type == "stsd" ? 16 : 8)..<box.range.upperBound
            return box
        }
    }

    private static func children(of range: Range<Int>, in file: Data) -> [Box] {
        var boxes: [Box] = []
        var start = range.lowerBound
        while start + 8 <= range.upperBound {
            let size = file[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            guard size >= 8, start + size <= range.upperBound else { break }
            boxes.append(
                Box(range: start..<start + size, type: String(decoding: file[start + 4..<start + 8], as: UTF8.self))
            )
            start += size
        }
        return boxes
    }
}
