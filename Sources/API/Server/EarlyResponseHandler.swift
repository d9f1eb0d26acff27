import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// An answer that comes before the one that counts (RFC 9110, 15.2), sent while the request is still being read.
struct EarlyResponse: Sendable {
    let head: HTTPResponse
}

/// Sends early responses past the handlers that count requests and answers.
final class EarlyResponseHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let response = event as? EarlyResponse else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        context.writeAndFlush(wrapOutboundOut(.head(response.head)), promise: promise)
    }
}

extension APIContext {
    /// Sends an informational response now.
    func send(early head: HTTPResponse) { channel.triggerUserOutboundEvent(EarlyResponse(head: head), promise: nil) }
}
