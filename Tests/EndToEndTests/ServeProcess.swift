import Foundation
import Glibc
import Testing

/// One more `clipyard serve` beside a running Clipyard, on its database and its store.
final class ServeProcess {
    let address: String
    private let process = Process()

    /// Starts it and waits until it answers.
    init(beside clipyard: RunningClipyard, port: Int, settings: [String: String]) async throws {
        address = "http://127.0.0.1:\(port)"
        process.executableURL = URL(filePath: Programs.clipyard)
        process.arguments = ["serve"]
        process.currentDirectoryURL = URL(filePath: Programs.checkout)
        var environment = ProcessInfo.processInfo.environment.merging(settings) { $1 }
        environment["CLIPYARD_SOCKET"] = nil
        environment["CLIPYARD_HOST"] = "127.0.0.1"
        environment["CLIPYARD_PORT"] = "\(port)"
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        _ = try await eventually(within: 30, "serve answers") {
            if !process.isRunning { throw RunningClipyard.EndedEarly(said: "serve") }
            return try? HTTPConnection(port: port, keepsAlive: false).send(HTTPRequest(path: "/healthz"))
        }
    }

    deinit { if process.isRunning { killNow() } }

    func killNow() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
