import NIOCore
import NIOHTTPTypes
import Synchronization

/// Lets a connection that sends much be read in larger pieces.
///
/// Each piece wakes three threads on its way to the disk. NIO's own limit of
/// 64 KiB means 32 thousand of them in 2 GiB, which took as long as hashing
/// the bytes. Pieces start small and grow only while they fill up, and many
/// requests with bodies share the same memory between them.
final class LargeReadsHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    /// Whether this connection is one of those that send a body.
    private var isCounted = false

    func handlerAdded(context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(.recvAllocator, value: SharedPieces())
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: break
        case .body: count(true)
        case .end: count(false)
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        count(false)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { count(false) }

    private func count(_ isSending: Bool) {
        guard isSending != isCounted else { return }
        isCounted = isSending
        SharedPieces.change(by: isSending ? 1 : -1)
    }
}

/// Pieces that grow with what comes, up to this connection's share.
struct SharedPieces: RecvByteBufferAllocator {
    static let pieceBytes = (16 << 10)...(512 << 10)
    /// What the bodies on their way hold before anybody has looked at them.
    static let budgetBytes = 12 << 20
    /// How many pieces may wait in one connection: two in NIO's sequence, four in Hummingbird's, and the one being read.
    static let piecesPerConnection = 7

    private static let connections = Atomic<Int>(0)
    private var pieces = AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 4096, maximum: pieceBytes.upperBound)

    static func change(by count: Int) { connections.add(count, ordering: .relaxed) }

    static func limit(of connections: Int) -> Int {
        let share = budgetBytes / (piecesPerConnection * max(1, connections))
        return min(max(share, pieceBytes.lowerBound), pieceBytes.upperBound)
    }

    func nextBufferSize() -> Int? {
        let limit = Self.limit(of: Self.connections.load(ordering: .relaxed))
        return min(pieces.nextBufferSize() ?? limit, limit)
    }

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        allocator.buffer(capacity: nextBufferSize() ?? Self.pieceBytes.lowerBound)
    }

    mutating func record(actualReadBytes: Int) -> Bool { pieces.record(actualReadBytes: actualReadBytes) }
}
