public import Foundation
import Synchronization

/// Real S3 servers, one of each kind a test process, started when the first test asks for it.
public actor StorageServer {
    public static let seaweed = StorageServer(.seaweed)
    public static let rclone = StorageServer(.rclone)

    private enum Kind { case seaweed, rclone }

    /// Where a server is.
    ///
    /// The bucket ``bucket`` is there.
    public struct Address: Sendable {
        public let port: Int
        public var endpoint: String { "http://127.0.0.1:\(port)" }
    }

    public static let accessKey = "CLIPYARDTESTKEY"
    public static let secretKey = "a-secret/of+the=tests"
    public static let bucket = "clips"

    private let kind: Kind
    private var starting: Task<Address, any Error>?

    private init(_ kind: Kind) { self.kind = kind }

    /// The running server.
    public func address() async throws -> Address {
        if let starting { return try await starting.value }
        let task = Task { [kind] in try await Self.start(kind) }
        starting = task
        return try await task.value
    }

    /// The folder into which `scripts/setup --tests` installs tools.
    public static func tool(_ name: String) throws -> String {
        let path = URL(filePath: #filePath).appending(path: "../../../.tools/bin/\(name)").standardizedFileURL.path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw StorageServerError(description: "\(path) is missing: run `make setup`")
        }
        return path
    }

    private static func start(_ kind: Kind) async throws -> Address {
        // Again: somebody else may have taken a port since it was found free.
        for _ in 0..<3 {
            let folder = TestServer.newFolder()
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let ports = try (0..<4).map { _ in try FreePort.nextWithOneForGRPC() }
            let arguments = try kind == .seaweed ? seaweed(folder, ports) : rclone(folder, ports)
            let process = try launch(arguments, in: folder)
            let address = Address(port: ports[0])
            if try await isReady(address, process, folder) { return address }
        }
        throw StorageServerError(description: "the server does not start")
    }

    private static func seaweed(_ folder: String, _ ports: [Int]) throws -> [String] {
        let identity: [String: Any] = [
            "name": "tests", "actions": ["Admin", "Read", "Write", "List", "Tagging"],
            "credentials": [["accessKey": accessKey, "secretKey": secretKey]],
        ]
        // As docker/compose.yaml has it for the gateway.
        let areas = ["videos", "profiles"].map { "Read:\(bucket)/\($0)/*" }
        let anybody: [String: Any] = ["name": "anonymous", "actions": areas]
        let configuration = try JSONSerialization.data(withJSONObject: ["identities": [identity, anybody]])
        try configuration.write(to: URL(filePath: "\(folder)/s3.json"))
        return try [
            tool("weed"), "server", "-dir=\(folder)", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3",
            "-s3.port=\(ports[0])", "-s3.domainName=localhost", "-master.port=\(ports[1])", "-volume.port=\(ports[2])",
            "-filer",
            "-filer.port=\(ports[3])", "-s3.config=\(folder)/s3.json", "-s3.iam=false", "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-master.volumeSizeLimitMB=64", "-volume.max=200", "-volume.preStopSeconds=0", "-volume.minFreeSpace=1",
            "-webdav=false", "-master.telemetry=false", "-master.electionTimeout=500ms",
            "-master.heartbeatInterval=150ms",
        ]
    }

    private static func rclone(_ folder: String, _ ports: [Int]) throws -> [String] {
        try FileManager.default.createDirectory(atPath: "\(folder)/data/\(bucket)", withIntermediateDirectories: true)
        return try [
            tool("rclone"), "--config", "/dev/null", "serve", "s3", "--addr", "127.0.0.1:\(ports[0])", "--auth-key",
            "\(accessKey),\(secretKey)", "--vfs-cache-mode", "off", "\(folder)/data",
        ]
    }

    /// Starts a server, which ends with this process and then takes the folder with it.
    @discardableResult
    public static func launch(_ arguments: [String], in folder: String) throws -> Process {
        // The server goes with this process, however that ends: the end of the
        // script's standard input, which no other process has, says so.
        let script = """
            trap '' INT TERM HUP
            folder=$1; shift
            exec 3<&0
            "$@" >"$folder/log" 2>&1 </dev/null 3<&- &
            server=$!
            (cat <&3 >/dev/null; kill -KILL $server) &
            watch=$!
            wait $server
            kill -KILL $watch
            rm -rf "$folder"
            """
        let pipe = Pipe()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/setsid")
        process.arguments = ["/bin/bash", "-c", script, "server", folder] + arguments
        process.standardInput = pipe
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        inputs.withLock { $0.append(pipe.fileHandleForWriting) }
        try process.run()
        return process
    }

    private static let inputs = Mutex<[FileHandle]>([])

    /// Waits until the bucket is there and takes an object; false when the server ended before.
    private static func isReady(_ address: Address, _ process: Process, _ folder: String) async throws -> Bool {
        let file = "\(folder)/first"
        try Data("first".utf8).write(to: URL(filePath: file))
        for _ in 0..<300 where process.isRunning {
            let bucketURL = "\(address.endpoint)/\(bucket)"
            if try curl(["-T", file, "\(bucketURL)/ready/first"]) { return true }
            _ = try curl(["-X", "PUT", bucketURL])
            try await Task.sleep(for: .milliseconds(200))
        }
        return false
    }

    private static func curl(_ arguments: [String]) throws -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let signing = ["--aws-sigv4", "aws:amz:us-east-1:s3", "--user", "\(accessKey):\(secretKey)"]
        process.arguments = ["curl", "-sf", "-m", "10", "-o", "/dev/null"] + signing + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}

/// Why no server runs.
struct StorageServerError: Error, CustomStringConvertible {
    let description: String
}
