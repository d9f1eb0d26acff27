import Hummingbird
import Logging
import Synchronization

/// What belongs to one request.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// In every log line and in the answer's `X-Request-Id`.
    var requestID = ""
    /// What the request's log line says besides.
    let outcome = RequestOutcome()

    init(source: ApplicationRequestContextSource) { coreContext = CoreRequestContextStorage(source: source) }
}

/// How a request ended, for the log: refusals of `/douyin/` have the status 200 like successes.
final class RequestOutcome: Sendable {
    private let refusal = Mutex<APIErrorCode?>(nil)

    var code: APIErrorCode? {
        get { refusal.withLock { $0 } }
        set { refusal.withLock { $0 = newValue } }
    }
}
