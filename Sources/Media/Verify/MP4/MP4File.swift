import Foundation

/// An MP4 file on disk, of which only the wanted parts are read.
struct MP4File {
    /// Where an outermost box is.
    struct Place: Equatable {
        var type: String
        var offset: Int
        var size: Int

        var end: Int { offset + size }
    }

    let boxes: [Place]
    let sizeBytes: Int
    private let handle: FileHandle

    /// Throws if a box is longer than the file.
    init(_ url: URL) throws(MalformedMedia) {
        do {
            handle = try FileHandle(forReadingFrom: url)
            sizeBytes = Int(try handle.seekToEnd())
        } catch { throw MalformedMedia("cannot be read") }
        var boxes: [Place] = []
        var offset = 0
        while offset < sizeBytes {
            let place = try Self.place(in: handle, at: offset, fileSize: sizeBytes)
            boxes.append(place)
            offset = place.end
        }
        self.boxes = boxes
    }

    private static func place(
        in handle: FileHandle,
        at offset: Int,
        fileSize: Int
    ) throws(MalformedMedia) -> Place {
        var reader = ByteReader(try read(handle, offset, min(16, fileSize - offset))[...])
        var size = try reader.integer(4)
        let type = try reader.text(4)
        if size == 1 { size = try reader.integer(8) }
        if size == 0 { size = fileSize - offset }
        guard size >= 8, size <= fileSize - offset else {
            throw MalformedMedia("ends inside its \(type), which should have \(size) bytes")
        }
        return Place(type: type, offset: offset, size: size)
    }

    /// Reads one box whole; indices of its bytes count from the box's start.
    func box(at place: Place) throws(MalformedMedia) -> MP4Box {
        guard let box = try MP4Box.row(in: bytes(at: place.offset, count: place.size)[...]).first else {
            throw MalformedMedia("has an empty box")
        }
        return box
    }

    func movie() throws(MalformedMedia) -> Movie {
        guard let place = boxes.first(where: { $0.type == "moov" }) else { throw MalformedMedia("has no moov") }
        return try Movie(box(at: place))
    }

    func bytes(at offset: Int, count: Int) throws(MalformedMedia) -> [UInt8] {
        try Self.read(handle, offset, count)
    }

    private static func read(_ handle: FileHandle, _ offset: Int, _ count: Int) throws(MalformedMedia) -> [UInt8] {
        do {
            try handle.seek(toOffset: UInt64(max(0, offset)))
            if let data = try handle.read(upToCount: count), data.count == count { return Array(data) }
        } catch { throw MalformedMedia("cannot be read") }
        throw MalformedMedia("ends too soon")
    }
}
