import Domain
import Foundation
import Jobs

/// A job as an operator reads it.
struct JobReport {
    private let detail: JobDetail
    init(_ detail: JobDetail) { self.detail = detail }

    var text: String {
        let job = detail.summary
        var lines = [
            "job         \(job.id)  \(job.kind)  \(detail.arguments)",
            "state       \(job.state.rawValue), attempt \(job.attempt) of \(job.maxAttempts)",
            "flow        \(job.flowID), owner \(job.ownerID), queue \(job.queue)",
            "created     \(job.createdAt.formatted(.iso8601))",
        ]
        if let worker = detail.worker { lines.append("worker      \(worker)") }
        if let progress = job.progress { lines.append("progress    \(Int(saturating: progress * 100)) %") }
        if let finished = job.finishedAt { lines.append("finished    \(finished.formatted(.iso8601))") }
        lines += detail.errors.map { "attempt \($0.attempt)   \($0.at)  \($0.code): \($0.message)" }
        return lines.joined(separator: "\n")
    }
}
