import CFFmpeg

/// One packet of encoded data: the output of a demuxer or an encoder.
///
/// A packet has exactly one owner, so the compiler rejects a use after it was
/// handed on; `clone()` is the only way to share its bytes.
// The owner may hand the packet to another thread: the reference counts of the
// buffers that clones share are atomic, and nobody writes into a shared buffer.
public struct Packet: ~Copyable, @unchecked Sendable {
    let pointer: UnsafeMutablePointer<AVPacket>

    /// Creates an empty packet.
    public init() throws(FFmpegError) {
        pointer = try unwrap("allocate packet", av_packet_alloc())
    }

    /// Creates a packet with a copy of `bytes`.
    public static func copying(_ bytes: [UInt8]) throws(FFmpegError) -> Packet {
        let packet = try Packet()
        let target = packet.pointer
        try check("allocate packet") { av_new_packet(target, Int32(clamping: bytes.count)) }
        bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, let data = target.pointee.data else { return }
            memcpy(data, start, bytes.count)
        }
        return packet
    }

    private init(takingOwnershipOf pointer: UnsafeMutablePointer<AVPacket>) { self.pointer = pointer }

    deinit {
        var pointer: UnsafeMutablePointer<AVPacket>? = pointer
        av_packet_free(&pointer)
    }

    /// Another packet with the same bytes, which are not copied.
    public borrowing func clone() throws(FFmpegError) -> Packet {
        Packet(takingOwnershipOf: try unwrap("clone packet", av_packet_clone(pointer)))
    }

    /// The index of the stream that this packet belongs to.
    public var streamIndex: Int {
        get { Int(pointer.pointee.stream_index) }
        nonmutating set { pointer.pointee.stream_index = Int32(clamping: newValue) }
    }

    /// Whether decoding can start at this packet.
    public var isKeyframe: Bool { pointer.pointee.flags & AV_PKT_FLAG_KEY != 0 }

    /// Whether the content is only decoded and not shown, because an edit list cuts it out.
    public var isDiscarded: Bool { pointer.pointee.flags & AV_PKT_FLAG_DISCARD != 0 }

    /// Whether the content cannot be decoded without a key.
    public var isEncrypted: Bool {
        var size = 0
        return av_packet_get_side_data(pointer, AV_PKT_DATA_ENCRYPTION_INFO, &size) != nil
    }

    /// When the content is shown, in the stream's time base; `nil` if the container does not say.
    public var pts: Int64? {
        get { Self.time(pointer.pointee.pts) }
        nonmutating set { pointer.pointee.pts = newValue ?? AV_NOPTS_VALUE }
    }

    /// When the content is decoded, in the stream's time base; `nil` if the container does not say.
    public var dts: Int64? {
        get { Self.time(pointer.pointee.dts) }
        nonmutating set { pointer.pointee.dts = newValue ?? AV_NOPTS_VALUE }
    }

    /// How long the content is shown, in the stream's time base; 0 when unknown.
    public var duration: Int64 {
        get { Self.length(pointer.pointee.duration) }
        nonmutating set { pointer.pointee.duration = newValue }
    }

    /// The number of encoded bytes.
    public var count: Int { Int(pointer.pointee.size) }

    /// Converts the times from one time base to another.
    public func rescaleTimes(from old: Rational, to new: Rational) {
        av_packet_rescale_ts(pointer, old.value, new.value)
    }

    /// Times and durations beyond this are lies, and sums of them would overflow.
    private static let maxTime: Int64 = 1 << 60

    /// `nil` for `AV_NOPTS_VALUE`, which is beyond every limit, and for what no recording has.
    static func time(_ value: Int64) -> Int64? { (-maxTime...maxTime).contains(value) ? value : nil }

    /// 0 for what no packet lasts.
    static func length(_ value: Int64) -> Int64 { (0...maxTime).contains(value) ? value : 0 }
}
