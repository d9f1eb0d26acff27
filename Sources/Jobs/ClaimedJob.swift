import Foundation
import Postgres

/// A job that this process holds a lease on.
package struct ClaimedJob: Sendable {
    package let id: JobID
    package let flowID: FlowID
    package let ownerID: Int64
    package let kind: String
    package let node: String
    /// JSON.
    package let arguments: String
    package let attempt: Int
    package let maxAttempts: Int
    package let lease: Int64
    package let deadline: Duration

    init(_ row: Row) throws {
        (id, flowID, ownerID) = try row.decode((JobID, FlowID, Int64).self)
        kind = try row.get("kind")
        node = try row.get("node")
        arguments = try row.get("arguments")
        attempt = try row.get("attempt")
        maxAttempts = try row.get("max_attempts")
        lease = try row.get("lease")
        deadline = try row.get("deadline")
    }

    /// The id of the video that the job is about, for logs.
    var videoID: Int64? {
        struct Subject: Decodable { let videoID: Int64 }
        return try? JSONDecoder().decode(Subject.self, from: Data(arguments.utf8)).videoID
    }

    package func decodeArguments<Arguments: JobArguments>(as type: Arguments.Type) throws(JobFailure) -> Arguments {
        do {
            return try JSONDecoder().decode(type, from: Data(arguments.utf8))
        } catch {
            // Another attempt can help, as a newer worker may understand what this one does not.
            throw JobFailure(
                code: "arguments_unreadable",
                message: "\(kind) does not understand its arguments: \(error)"
            )
        }
    }
}
