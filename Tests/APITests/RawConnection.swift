import Foundation
import NIOCore
import NIOPosix

/// A TCP connection that sends exactly what a test says.
actor RawConnection {
    private let channel: any Channel
    private var incoming: AsyncStream<ByteBuffer>.Iterator
    private var received = ""

    init(port: Int) async throws {
        let (stream, source) = AsyncStream.makeStream(of: ByteBuffer.self)
        incoming = stream.makeAsyncIterator()
        channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: false)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(source))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let source: AsyncStream<ByteBuffer>.Continuation

        init(_ source: AsyncStream<ByteBuffer>.Continuation) { self.source = source }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { source.yield(unwrapInboundIn(data)) }
        func channelInactive(context: ChannelHandlerContext) { source.finish() }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    func send(_ text: String) async throws { try await send(ByteBuffer(string: text)) }
    func send(_ bytes: ByteBuffer) async throws { try await channel.writeAndFlush(bytes) }

    /// What has come up to these characters and them.
    func read(until end: String) async throws -> String {
        while true {
            if let range = received.range(of: end) {
                defer { received = String(received[range.upperBound...]) }
                return String(received[..<range.upperBound])
            }
            guard let buffer = await next() else { throw ChannelError.eof }
            received += String(buffer: buffer)
        }
    }

    /// So many bytes.
    func read(count: Int) async throws -> String {
        while received.utf8.count < count {
            guard let buffer = await next() else { throw ChannelError.eof }
            received += String(buffer: buffer)
        }
        let end = received.utf8.index(received.startIndex, offsetBy: count)
        defer { received = String(received[end...]) }
        return String(received[..<end])
    }

    /// What comes until the other side closes.
    func readToEnd() async throws -> String {
        while let buffer = await next() { received += String(buffer: buffer) }
        return received
    }

    func close() async throws { try await channel.close() }

    /// Ends the connection as a program does that crashes with unread data.
    func reset() async throws {
        guard let socket = channel as? any SocketOptionProvider else { throw ChannelError.operationUnsupported }
        try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await channel.close()
    }

    private func next() async -> ByteBuffer? {
        var iterator = incoming
        defer { incoming = iterator }
        return await iterator.next(isolation: self)
    }
}
