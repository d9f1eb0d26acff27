import Database
import Feed
import HTTPTypes
import Logging
import NIOCore
import NIOHTTPTypes

/// Answers the feed on the thread that has read the request.
///
/// The ordinary way of a request leads through several tasks on other threads.
/// For a page that is ready in memory that costs more than all the rest, and
/// the feed is what nearly everybody asks for. Whatever is not the plain case
/// goes the ordinary way: refusals, pages that are not in memory, bodies.
final class FeedShortcutHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let feed: FeedController
    private let log: RequestLog
    /// Requests that went the ordinary way and are not answered yet: an answer must not overtake theirs.
    private var unanswered = 0
    /// A request whose end has not come yet.
    private var head: HTTPRequest?
    /// What has come while an answer is prepared.
    private var held: [HTTPRequestPart] = []
    private var isAnswering = false
    private var wantsToRead = false

    init(feed: FeedController, logger: Logger) {
        self.feed = feed
        log = RequestLog(logger: logger)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard !isAnswering else { return held.append(part) }
        switch part {
        case .head(let request) where unanswered == 0 && Self.isPlain(request): head = request
        case .end where head != nil: answer(context)
        default: forward(part, context)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head, .body: break
        case .end: unanswered -= 1
        }
        context.write(data, promise: promise)
    }

    /// Nothing more is read while an answer is prepared, or a client could fill the memory.
    func read(context: ChannelHandlerContext) {
        if isAnswering { wantsToRead = true } else { context.read() }
    }

    /// Without a body, for a connection that goes on.
    private static func isPlain(_ request: HTTPRequest) -> Bool {
        request.path?.hasPrefix("/douyin/feed") == true && request.headerFields[.connection] == nil
            && request.headerFields[.expect] == nil && request.authority?.isEmpty == false
            && !request.headerFields.announceBody
    }

    private func forward(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
        if let head {
            self.head = nil
            forward(.head(head), context)
        }
        if case .head = part { unanswered += 1 }
        context.fireChannelRead(wrapInboundOut(part))
    }

    private func answer(_ context: ChannelHandlerContext) {
        guard let request = head else { return }
        let start = ContinuousClock.now
        switch feed.shortcut(for: request, peer: context.remoteAddress) {
        case nil: forward(.end(nil), context)
        case .ready(let page): respond(to: request, with: page, since: start, context)
        case .marked(let page, let viewer, let language):
            isAnswering = true
            let loop = context.eventLoop
            let bound = NIOLoopBound((handler: self, context: context), eventLoop: loop)
            feed.feed.loadMarks(of: viewer, on: page) { marks in
                loop.execute {
                    let body = (try? marks.get()).map { FeedController.encode(page, $0, language) }
                    bound.value.handler.finish(request, with: body, since: start, bound.value.context)
                }
            }
        }
    }

    /// Without a page the ordinary way will find out why.
    private func finish(
        _ request: HTTPRequest,
        with page: ByteBuffer?,
        since start: ContinuousClock.Instant,
        _ context: ChannelHandlerContext
    ) {
        isAnswering = false
        if let page { respond(to: request, with: page, since: start, context) } else { forward(.end(nil), context) }
        let parts = held
        held = []
        for part in parts { channelRead(context: context, data: wrapInboundOut(part)) }
        context.fireChannelReadComplete()
        if wantsToRead, !isAnswering {
            wantsToRead = false
            context.read()
        }
    }

    private func respond(
        to request: HTTPRequest,
        with page: ByteBuffer,
        since start: ContinuousClock.Instant,
        _ context: ChannelHandlerContext
    ) {
        head = nil
        let requestID = RequestLog.requestID(of: request.headerFields)
        var response = HTTPResponse(status: .ok)
        response.headerFields = [
            .contentType: "application/json; charset=utf-8", .contentLength: "\(page.readableBytes)",
            .cacheControl: "no-store", .date: HTTPDate.now, .xRequestID: requestID,
        ]
        response.headerFields.addSecurity()
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        context.write(wrapOutboundOut(.body(page)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        log.write(
            .get,
            path: request.path.map { String($0.prefix { $0 != "?" }) } ?? "",
            status: .ok,
            requestID: requestID,
            since: start
        )
    }
}
