import Foundation
import Glibc

/// The nginx of a run that was killed: the kernel told it to stop, and this waits until it has.
struct LeftoverGateway {
    let home: Home
    private static let patience = 50

    func stop() async throws {
        for _ in 0..<Self.patience {
            guard let pid = runningProcess() else { return }
            kill(pid, SIGTERM)
            try await Task.sleep(for: .milliseconds(100))
        }
        throw UpError("The nginx of an earlier run does not stop. End it by hand: kill $(cat \(home.run)/nginx.pid)")
    }

    /// A process id is reused, so the command line must be ours too.
    private func runningProcess() -> Int32? {
        guard let text = try? String(contentsOfFile: "\(home.run)/nginx.pid", encoding: .utf8),
            let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)),
            let command = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8),
            command.contains("\(home.run)/nginx.conf")
        else { return nil }
        return pid
    }
}
