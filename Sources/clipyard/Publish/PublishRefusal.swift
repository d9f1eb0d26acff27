import Foundation
import ObjectStorage

/// What a server answers when it does not do what it was asked for, in its own words.
struct PublishRefusal: Error, CustomStringConvertible {
    let status: Int
    let message: String
    /// The name of the reason, as in `rate_limited`; `nil` where it does not say.
    var code: String?
    var retryAfterSeconds: Double?

    private struct Problem: Decodable {
        let detail: String
        let code: String
    }

    private static let notLoggedIn = "The server does not take this token. Log in, and use the one that it answers."

    private static let ofNoRoute: Set = ["not_found", "unknown_route"]

    init(status: Int, message: String) { (self.status, self.message) = (status, message) }

    /// - Returns: `nil` for an answer that is not Clipyard's, or of no route of its API, as below a wrong path.
    init?(_ response: CurlResponse) {
        status = response.status
        retryAfterSeconds = response.headers["Retry-After"].flatMap { Double($0) }
        if let problem = try? JSONDecoder().decode(Problem.self, from: Data(response.body)) {
            guard !Self.ofNoRoute.contains(problem.code) else { return nil }
            (message, code) = (problem.detail, problem.code)
        } else if response.headers["Tus-Resumable"] != nil {
            // An answer to HEAD has no words.
            message = response.status == 401 ? Self.notLoggedIn : "The server answered \(response.status)."
        } else {
            return nil
        }
    }

    var description: String { message }

    /// Whether the same may succeed a little later: a server that restarts, or that is where we think it is not.
    var isTemporary: Bool { status >= 500 && status != 507 || [409, 423].contains(status) || code == "rate_limited" }

    /// Whether the same would happen to every other file: nobody is logged in.
    var concernsAll: Bool { status == 401 }
}
