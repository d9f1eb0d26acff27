import CFFmpeg

/// An output of libavformat that collects bytes in memory.
final class MemoryWriter {
    private final class Box { var bytes: [UInt8] = [] }

    let context: Owned<AVIOContext>
    // The context points to it.
    private let box = Box()

    init() throws(FFmpegError) {
        let size = 1 << 16
        let buffer = try unwrap("allocate buffer", av_malloc(size)).assumingMemoryBound(to: UInt8.self)
        let opaque = Unmanaged.passUnretained(box).toOpaque()
        let write: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<UInt8>?, Int32) -> Int32 = {
            opaque,
            data,
            count in
            guard let opaque else { return AVERROR(EINVAL) }
            let box = Unmanaged<Box>.fromOpaque(opaque).takeUnretainedValue()
            box.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(count)))
            return count
        }
        guard let made = avio_alloc_context(buffer, Int32(size), 1, opaque, nil, write, nil) else {
            av_free(buffer)
            throw FFmpegError(AVERROR(ENOMEM), operation: "make memory output")
        }
        context = try Owned("make memory output", made)
    }

    func takeBytes() -> [UInt8] {
        defer { box.bytes.removeAll() }
        return box.bytes
    }
}
