import Foundation
import TestSupport
import Testing

/// The store of `docker/compose.yaml`, without a container: the same commands with the same files, in a folder and on ports of
/// their own.
@Suite(.serialized) struct ComposeStoreTests {
    private struct Composition: Decodable {
        struct Service: Decodable {
            let command: [String]?
            let entrypoint: [String]?
        }
        struct File: Decodable { let content: String }

        let services: [String: Service]
        let configs: [String: File]
    }

    private static let key = "compose-key"
    private static let secret = "compose-secret-0123456789"

    private func composition(_ folder: TemporaryFolder) throws -> Composition {
        let environment = """
            POSTGRES_PASSWORD=p
            CLIPYARD_TOKEN_SECRET=t
            CLIPYARD_MEDIA_SECRET=m
            CLIPYARD_STORAGE_ACCESS_KEY=\(Self.key)
            CLIPYARD_STORAGE_SECRET_KEY=\(Self.secret)
            """
        try environment.write(toFile: "\(folder.path)/env", atomically: true, encoding: .utf8)
        let command = try Command([
            StorageServer.tool("docker-compose"), "--env-file", "\(folder.path)/env", "-f",
            "\(Programs.checkout)/docker/compose.yaml", "--profile", "s3", "config", "--format", "json",
        ])
        try #require(command.status == 0, "\(command.standardError)")
        return try JSONDecoder().decode(Composition.self, from: Data(command.standardOutput.utf8))
    }

    private func status(_ address: String, _ arguments: [String] = []) throws -> String {
        try Command(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", address] + arguments).standardOutput
    }

    @Test(.timeLimit(.minutes(10))) func itsBucketIsMadeAndReadAsTheGatewayNeedsIt() async throws {
        let folder = try TemporaryFolder()
        let composition = try composition(folder)
        let file = try #require(composition.configs["seaweedfs"]).content
        try file.write(toFile: "\(folder.path)/s3.json", atomically: true, encoding: .utf8)
        let arguments = try #require(composition.services["seaweedfs"]?.command).map {
            $0.replacing("-dir=/data", with: "-dir=\(folder.path)").replacing("/etc/seaweedfs", with: folder.path)
        }
        let ports = try (0..<4).map { _ in try FreePort.nextWithOneForGRPC() }
        let own = [
            "-ip=127.0.0.1", "-s3.port=\(ports[0])", "-master.port=\(ports[1])", "-volume.port=\(ports[2])",
            "-filer.port=\(ports[3])", "-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.iam=false",
        ]
        try StorageServer.launch([StorageServer.tool("weed")] + arguments + own, in: folder.path)
        let address = "http://127.0.0.1:\(ports[0])"
        _ = try await eventually(within: 60, "the store is healthy") {
            try status("\(address)/healthz") == "200" ? true : nil
        }
        let bucket = try #require(composition.services["bucket"]?.entrypoint)
            .map { $0.replacing("seaweedfs:9333", with: "127.0.0.1:\(ports[1])") }
        let tools = URL(filePath: try StorageServer.tool("weed")).deletingLastPathComponent().path
        let path = "\(tools):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
        let signed = ["--aws-sigv4", "aws:amz:us-east-1:s3", "--user", "\(Self.key):\(Self.secret)"]
        // It is started again until it succeeds.
        _ = try await eventually(within: 60, "the bucket is there") {
            let made = try Command(bucket, environment: ["PATH": path])
            let isThere = try status("\(address)/clipyard", signed) == "200"
            return made.status == 0 && isThere ? true : nil
        }
        for object in ["videos/1/2/play.mp4", "profiles/1/avatar.png", "sources/1/source"] {
            let put = try status("\(address)/clipyard/\(object)", ["-T", "\(folder.path)/s3.json"] + signed)
            #expect(put == "200")
            let isPublic = !object.hasPrefix("sources/")
            #expect(try status("\(address)/clipyard/\(object)") == (isPublic ? "200" : "403"), "\(object)")
        }
        #expect(try status("\(address)/clipyard") == "403", "anybody may list it")
        #expect(try status("\(address)/clipyard/videos/1/2/new", ["-T", "\(folder.path)/s3.json"]) == "403")
    }
}
