import Foundation
import Testing

/// Thousands of connections that each send the beginning of a request, in a process of their own: a descriptor beyond the
/// thousandth ends the one that starts programs.
final class SlowClients {
    private static let script = """
        import resource, socket, sys
        count, port, start = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].encode()
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        connections = []
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", port), timeout=120)
            connection.sendall(start)
            connections.append(connection)
        print("open", flush=True)
        for connection in connections:
            try:
                while connection.recv(4096): pass
            except ConnectionResetError: pass
        print("closed", flush=True)
        """

    private let process = Process()
    private let log: String

    init(_ count: Int, port: Int, sending start: String, log: String) throws {
        self.log = log
        try Data().write(to: URL(filePath: log))
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.script, "\(count)", "\(port)", start]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: log))
        process.standardError = process.standardOutput
        try process.run()
    }

    deinit { if process.isRunning { process.terminate() } }

    var said: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    /// Waits until all have sent what they send.
    func waitUntilOpen() async throws { try await wait(for: "open") }

    /// Waits until the other side has closed each of them.
    func waitUntilClosed() async throws { try await wait(for: "closed") }

    private func wait(for word: String) async throws {
        _ = try await eventually(within: 120, "slow clients are \(word); they said: \(said)") {
            if said.contains(word) { return true }
            if !process.isRunning { throw HTTPConnection.Failure(description: said) }
            return nil
        }
    }
}
