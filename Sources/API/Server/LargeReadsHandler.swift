import NIOCore

/// Lets a connection that sends much be read in larger pieces.
///
/// Each piece wakes three threads on its way to the disk. NIO's own limit of
/// 64 KiB means 32 thousand of them in 2 GiB, which took as long as hashing
/// the bytes. Pieces start small and grow only while they fill up.
final class LargeReadsHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private static let maxPieceBytes = 512 * 1024

    func handlerAdded(context: ChannelHandlerContext) {
        let pieces = AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 4096, maximum: Self.maxPieceBytes)
        try? context.channel.syncOptions?.setOption(.recvAllocator, value: pieces)
    }
}
