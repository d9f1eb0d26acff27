import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Keeps the promise of an answer that says `Connection: close`.
///
/// A socket that is closed while the client still sends answers with a reset,
/// and the reset can overtake the answer. So only our direction is closed, and
/// what still comes is thrown away for a moment, as nginx does (`lingering_close`).
final class LingeringCloseHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private static let linger = TimeAmount.seconds(2)

    private var isClosing = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            isClosing = head.headerFields[.connection]?.lowercased() == "close"
            context.write(data, promise: promise)
        case .end where isClosing:
            let written = promise ?? context.eventLoop.makePromise()
            let channel = context.channel
            written.futureResult.whenComplete { _ in
                channel.close(mode: .output, promise: nil)
                channel.eventLoop.scheduleTask(in: Self.linger) { channel.close(promise: nil) }
            }
            context.write(data, promise: written)
        case .body, .end:
            context.write(data, promise: promise)
        }
    }
}
