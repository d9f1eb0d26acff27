import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Ends connections whose requests do not arrive: a head that takes too long, a body of which nothing more comes.
///
/// Each costs a client a few bytes and this process a connection. A body that stops is answered 408 before; nginx, which
/// would only hang up, waits for that a little longer than this does. Only waiting counts: while nothing is read, because a store is slow or a response is still made, the
/// client is not late.
final class SlowRequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum Phase { case between, head, body }

    private let headTimeout: TimeAmount
    private let bodyTimeout: TimeAmount
    private var phase = Phase.between
    private var deadline: NIODeadline?
    private var isScheduled = false
    /// Requests that have no answer yet.
    private var unanswered = 0
    /// True once part of a response has been sent.
    private var isAnswering = false
    /// Of the newest request.
    private var path = ""
    private var context: ChannelHandlerContext?

    init(headTimeout: Duration, bodyTimeout: Duration) {
        self.headTimeout = TimeAmount(headTimeout)
        self.bodyTimeout = TimeAmount(bodyTimeout)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { beginHead() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline = nil
        self.context = nil
    }

    /// A connection that says nothing at all is late, too.
    func channelActive(context: ChannelHandlerContext) {
        beginHead()
        context.fireChannelActive()
    }

    /// Told by the handler that sees bytes before they are a request.
    fileprivate func bytesArrived() { if phase == .between { beginHead() } }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        deadline = nil
        switch unwrapInboundIn(data) {
        case .head(let request):
            phase = .body
            unanswered += 1
            path = request.path ?? ""
        case .body: break
        case .end: phase = .between
        }
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        if phase == .body, deadline == nil { wait(bodyTimeout) }
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        // After one like 100 the one that counts is still to come.
        case .head(let response): isAnswering = response.status.kind != .informational
        case .body: break
        case .end: (unanswered, isAnswering) = (unanswered - 1, false)
        }
        context.write(data, promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline = nil
        context.fireChannelInactive()
    }

    private func beginHead() {
        phase = .head
        wait(headTimeout)
    }

    private func wait(_ time: TimeAmount) {
        deadline = .now() + time
        schedule()
    }

    /// One timer a connection, however many requests: most deadlines are over long before they come.
    private func schedule() {
        guard !isScheduled, let deadline, let context else { return }
        isScheduled = true
        let loop = context.eventLoop
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(deadline: deadline) { bound.value.check() }
    }

    private func check() {
        isScheduled = false
        guard let deadline, let context else { return }
        if phase == .head, unanswered > 0 { self.deadline = .now() + headTimeout }
        guard deadline <= .now(), self.deadline == deadline else { return schedule() }
        if phase == .body, unanswered == 1, !isAnswering { refuse(context) }
        context.close(promise: nil)
    }

    /// What comes from the route afterwards finds the connection closed.
    private func refuse(_ context: ChannelHandlerContext) {
        let (response, body) = Response.late(path: path)
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}

/// Tells ``SlowRequestHandler`` of bytes that are not a whole head yet.
final class FirstByteHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let requests: SlowRequestHandler

    init(_ requests: SlowRequestHandler) { self.requests = requests }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        requests.bytesArrived()
        context.fireChannelRead(data)
    }
}
