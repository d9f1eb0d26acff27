import CFFmpeg

/// One decoded picture, or a run of decoded samples.
///
/// A frame has exactly one owner; `clone()` is the only way to share its
/// pixels, which are then not written to by anyone.
// The owner may hand the frame to another thread: reference counts are atomic.
public struct Frame: ~Copyable, @unchecked Sendable {
    let pointer: UnsafeMutablePointer<AVFrame>

    /// Creates an empty frame.
    public init() throws(FFmpegError) {
        pointer = try unwrap("allocate frame", av_frame_alloc())
    }

    private init(takingOwnershipOf pointer: UnsafeMutablePointer<AVFrame>) { self.pointer = pointer }

    deinit {
        var pointer: UnsafeMutablePointer<AVFrame>? = pointer
        av_frame_free(&pointer)
    }

    /// Another frame with the same pixels or samples, which are not copied.
    public borrowing func clone() throws(FFmpegError) -> Frame {
        Frame(takingOwnershipOf: try unwrap("clone frame", av_frame_clone(pointer)))
    }

    /// When the frame is shown, in the time base of whatever made it; `nil` when unknown.
    public var pts: Int64? {
        get { Packet.time(pointer.pointee.pts) }
        nonmutating set { pointer.pointee.pts = newValue ?? AV_NOPTS_VALUE }
    }

    /// The decoder's best guess of `pts`, from packets' times where frames carry none.
    public var bestEffortTimestamp: Int64? { Packet.time(pointer.pointee.best_effort_timestamp) }

    /// How long a decoded frame is shown, in the time base of its packet; 0 when unknown.
    public var duration: Int64 { Packet.length(cffmpeg_frame_duration(pointer)) }

    /// Whether parts of the picture could not be decoded, and are guessed.
    public var isDamaged: Bool {
        pointer.pointee.decode_error_flags != 0 || pointer.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0
    }

    /// Whether the picture was coded without others.
    public var isKeyframe: Bool { cffmpeg_frame_is_key(pointer) != 0 }

    public var width: Int { Int(pointer.pointee.width) }
    public var height: Int { Int(pointer.pointee.height) }

    /// Samples per channel in a run of sound; may be made smaller, to cut the end off.
    public var sampleCount: Int {
        get { Int(pointer.pointee.nb_samples) }
        nonmutating set { pointer.pointee.nb_samples = min(pointer.pointee.nb_samples, Int32(clamping: newValue)) }
    }

    /// What a filter found out about the frame, for example under `lavfi.r128.I`.
    public func metadata(_ key: String) -> String? {
        av_dict_get(pointer.pointee.metadata, key, nil, 0).map { String(cString: $0.pointee.value) }
    }

    /// The first plane, row after row without gaps: luma or grey, or all of a packed format such as `rgb24`.
    public borrowing func copyFirstPlane(bytesPerPixel: Int = 1) -> [UInt8] {
        guard let plane = pointer.pointee.data.0 else { return [] }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(width * height * bytesPerPixel)
        for row in 0..<height {
            let start = plane + row * Int(pointer.pointee.linesize.0)
            bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: width * bytesPerPixel))
        }
        return bytes
    }
}
