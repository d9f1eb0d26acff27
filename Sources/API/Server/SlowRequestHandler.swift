import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends connections whose requests do not arrive: a head that takes too long, a body of which nothing more comes.
///
/// Each costs a client a few bytes and this process a connection. nginx does the same before it; this is for whoever is
/// reached without. Only waiting counts: while nothing is read, because a store is slow or a response is still made, the
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
        case .head:
            phase = .body
            unanswered += 1
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
        if case .end = unwrapOutboundIn(data) { unanswered -= 1 }
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
        context.close(promise: nil)
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
