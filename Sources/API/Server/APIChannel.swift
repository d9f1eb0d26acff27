import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// One HTTP/1.1 connection: Hummingbird's, with the feed's shortcut in front of it.
struct APIChannel: ServerChildChannel {
    private let channel: HTTP1Channel
    private let feed: FeedController?
    private let maxBodyBytes: Int64
    private let idleTimeout: Duration
    private let headTimeout: Duration
    private let bodyTimeout: Duration

    /// A `feed` of `nil` is answered by another process.
    init(responder: @escaping HTTPChannelHandler.Responder, feed: FeedController?, configuration: APIConfiguration) {
        channel = HTTP1Channel(responder: responder)
        self.feed = feed
        maxBodyBytes = configuration.uploadMaxBytes + 1024 * 1024
        idleTimeout = configuration.idleTimeout
        headTimeout = configuration.headTimeout
        bodyTimeout = configuration.bodyTimeout
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            let slowRequests = SlowRequestHandler(headTimeout: headTimeout, bodyTimeout: bodyTimeout)
            try pipeline.addHandler(FirstByteHandler(slowRequests))
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false,
                withErrorHandling: false,
                withOutboundHeaderValidation: false
            )
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try pipeline.addHandlers(
                slowRequests,
                ExpectContinueHandler(maxBodyBytes: maxBodyBytes),
                EarlyResponseHandler(),
                LingeringCloseHandler(),
                LargeReadsHandler()
            )
            try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: idleTimeout, logger: logger))
            if let feed { try pipeline.addHandler(FeedShortcutHandler(feed: feed, logger: logger)) }
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel,
                configuration: .init(
                    // Pieces are large, so few wait.
                    backPressureStrategy: .init(lowWatermark: 1, highWatermark: 2),
                    isOutboundHalfClosureEnabled: true
                )
            )
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async { await channel.handle(value: value, logger: logger) }
}
