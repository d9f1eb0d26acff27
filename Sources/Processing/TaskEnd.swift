import Domain
import Jobs
public import MediaTasks
import Subprocess

/// End of a child: one of five.
public enum TaskEnd: Sendable, Equatable {
    /// It reported success or a refusal or a failure of its own.
    case reported(TaskReport)
    /// It used more than it was given. Another attempt would too.
    case exceeded(limit: String)
    /// A signal ended it: a crash, or a kill from outside.
    case crashed(signal: Int32)
    /// It ended without a word.
    case vanished(String)
    /// It did not open the file: this machine lacks the sandbox, the program or its libraries. The file is not to blame.
    case notStarted(String)

    init(report: TaskReport?, status: TerminationStatus, standardError: String?) {
        switch (status, report) {
        case (.exited(0), .some(let report)): self = .reported(report)
        case (.signaled(Self.cpuTimeExceeded), _): self = .exceeded(limit: "processor time")
        case (.signaled(Self.fileSizeExceeded), _): self = .exceeded(limit: "output size")
        case (.signaled(let signal), _): self = .crashed(signal: signal)
        case (.exited(let code), _):
            let lastLine = standardError?.split(separator: "\n").last.map(String.init) ?? "nothing on standard error"
            let words = "clipyard-media exited with status \(code): \(lastLine.prefix(500))"
            self = Self.notStartedCodes.contains(code) ? .notStarted(words) : .vanished(words)
        }
    }

    /// Of a child that is refused its sandbox; of a program that cannot be executed, and of one, or a library, that is not there.
    private static let notStartedCodes: [Int32] = [78, 126, 127]

    // The numbers of SIGXCPU and SIGXFSZ on Linux.
    private static let cpuTimeExceeded: Int32 = 24
    private static let fileSizeExceeded: Int32 = 25

    /// What the queue does with an end that is not a success.
    var failureOutcome: JobOutcome {
        switch self {
        case .reported(.refused(let refusal)):
            .discard(JobFailure(code: refusal.code.rawValue, message: refusal.message))
        case .reported(.failed(let message)): .retry(JobFailure(code: "failed", message: message))
        case .reported(let report):
            .retry(JobFailure(code: "unexpected_report", message: "the child answered another question: \(report)"))
        case .exceeded(let limit):
            .discard(
                JobFailure(
                    code: MediaRefusal.Code.tooExpensive.rawValue,
                    message: "This file takes more \(limit) to process than is allowed. Export it again at a lower "
                        + "resolution or frame rate and upload that."
                )
            )
        case .crashed(let signal):
            .retry(JobFailure(code: "crashed", message: "clipyard-media was ended by signal \(signal)"))
        case .vanished(let message): .retry(JobFailure(code: "vanished", message: message))
        // For whichever worker can; this one claims no more until it can, too.
        case .notStarted: .snooze(.zero)
        }
    }
}
