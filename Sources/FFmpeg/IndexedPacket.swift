/// What a container's index says about a packet.
public struct IndexedPacket: Sendable, Hashable {
    /// When it is decoded, in the stream's time base.
    public let time: Int64
    /// 0 where the index does not say.
    public let sizeBytes: Int
}
