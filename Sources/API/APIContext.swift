import Domain
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// What belongs to one request.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// In every log line and in the answer's `X-Request-Id`.
    var requestID = ""
    /// What sentences for people are written in.
    var language = Language.english
    /// Whoever is at the other end: the client, or our gateway.
    let peer: SocketAddress?
    /// The connection.
    let channel: any Channel
    /// What the request's log line says besides.
    let outcome = RequestOutcome()

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
        peer = channel.remoteAddress
    }
}

/// How a request ended, for the log: refusals of `/douyin/` have the status 200 like successes.
final class RequestOutcome: Sendable {
    private let state = Mutex((refusal: APIErrorCode?.none, notice: Phrase?.none))

    var code: APIErrorCode? {
        get { state.withLock { $0.refusal } }
        set { state.withLock { $0.refusal = newValue } }
    }

    /// What a successful answer says instead of “success”.
    var notice: Phrase? {
        get { state.withLock { $0.notice } }
        set { state.withLock { $0.notice = newValue } }
    }
}
