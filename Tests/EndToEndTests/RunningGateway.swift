import Crypto
import Foundation
import Glibc
import TestSupport
import Testing

/// The gateway as a container runs it, rendered by `docker/nginx/render`.
///
/// The bucket and the API behind it say only what a test wants: both are another nginx, with headers as S3 and OSS send them.
final class RunningGateway {
    static let secret = "0123456789abcdef0123456789abcdef"

    let address: String
    let port: Int
    let statusPort: Int
    private let folder: TemporaryFolder
    private let upstreamPort: Int
    private let gateway = Process()
    private var upstream = Process()

    /// The folder of the bucket.
    var bucket: String { "\(folder.path)/store/clips/media" }

    /// Starts both; `visible` are the numbers of the videos that the API says everyone may see, `signed` of those that it
    /// lets be had at signed addresses.
    init(visible: [Int] = [7], signed: [Int] = [8], settings: [String: String] = [:]) async throws {
        folder = try TemporaryFolder()
        (port, statusPort) = (try FreePort.next(), try FreePort.next())
        upstreamPort = try FreePort.next()
        let scheme = settings["CLIPYARD_TLS_CERTIFICATE"] == nil ? "http" : "https"
        address = "\(scheme)://127.0.0.1:\(port)"
        try FileManager.default.createDirectory(atPath: bucket, withIntermediateDirectories: true)
        try writeUpstream(visible, signed)
        try startUpstream()
        let render = try Command(
            ["\(Programs.checkout)/docker/nginx/render", "\(folder.path)/run"],
            environment: [
                "CLIPYARD_STORAGE": "s3://clips/media", "CLIPYARD_STORAGE_PATH_STYLE": "yes",
                "CLIPYARD_STORAGE_ENDPOINT": "http://127.0.0.1:\(upstreamPort)",
                "CLIPYARD_GATEWAY_API": "127.0.0.1:\(upstreamPort)", "CLIPYARD_MEDIA_SECRET": Self.secret,
                "CLIPYARD_HOST": "127.0.0.1", "CLIPYARD_PORT": "\(port)",
                "CLIPYARD_GATEWAY_STATUS": "127.0.0.1:\(statusPort)",
            ].merging(settings) { $1 }
        )
        try #require(render.status == 0, "\(render.standardError)")
        try start(gateway, configuration: "\(folder.path)/run/nginx.conf")
        _ = try await eventually(within: 10, "the gateway answers") {
            try #require(gateway.isRunning && upstream.isRunning, "nginx ended: \(startLog)")
            return try Command(["curl", "-skf", "-o", "/dev/null", "\(address)/healthz"]).status == 0 ? true : nil
        }
    }

    private var startLog: String { (try? String(contentsOfFile: "\(folder.path)/start.log", encoding: .utf8)) ?? "" }

    deinit { for process in [gateway, upstream] where process.isRunning { end(process) } }

    /// Puts an object into the bucket.
    @discardableResult
    func put(_ key: String, _ bytes: Data) throws -> Data {
        let path = URL(filePath: "\(bucket)/\(key)")
        try FileManager.default.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
        try bytes.write(to: path)
        return bytes
    }

    /// The bucket and the API die.
    func stopUpstream() { end(upstream) }

    /// They come back, with other videos visible.
    func startUpstream(visible: [Int]? = nil, signed: [Int] = [8]) throws {
        if let visible { try writeUpstream(visible, signed) }
        upstream = Process()
        try start(upstream, configuration: "\(folder.path)/upstream.conf")
    }

    /// What the bucket was asked, one line a request.
    func askedOfBucket() throws -> [String] {
        try String(contentsOfFile: "\(folder.path)/bucket.log", encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// As the API signs; `secure_link` of nginx checks it.
    func privatePath(_ folder: String, expiresIn seconds: Int) -> String {
        let expires = Int(Date().timeIntervalSince1970) + seconds
        let digest = Insecure.MD5.hash(data: Data("\(expires) \(folder) \(Self.secret)".utf8))
        let signature = Data(digest).base64EncodedString().filter { $0 != "=" }
            .replacing("+", with: "-").replacing("/", with: "_")
        return "/media/private/\(expires)/\(signature)/\(folder)"
    }

    private func writeUpstream(_ visible: [Int], _ signed: [Int]) throws {
        let answers =
            (visible.map { "location = /internal/videos/\($0)/access { return 204; }" }
            + signed.map { "location ~ ^/internal/media/private/[0-9]+/[^/]+/videos/\($0)/ { return 204; }" })
            .joined(separator: "\n")
        let text = """
            daemon off; worker_processes 1; pid \(folder.path)/upstream.pid; error_log \(folder.path)/upstream.log;
            \(NSUserName() == "root" ? "user root;" : "")
            events {}
            http {
                log_format asked '$request_method $request_uri $http_host [$http_range] [$http_authorization$http_cookie]';
                client_body_temp_path \(folder.path)/t1; proxy_temp_path \(folder.path)/t2;
                fastcgi_temp_path \(folder.path)/t3; uwsgi_temp_path \(folder.path)/t4; scgi_temp_path \(folder.path)/t5;
                types {} default_type binary/octet-stream; client_max_body_size 0;
                server {
                    listen 127.0.0.1:\(upstreamPort);
                    access_log off;
                    location /clips/ {
                        root \(folder.path)/store;
                        access_log \(folder.path)/bucket.log asked;
                        autoindex on;
                        add_header x-amz-request-id R1 always; add_header x-amz-id-2 I2 always;
                        add_header x-oss-request-id O1 always; add_header x-oss-hash-crc64ecma 1 always;
                        add_header Content-Disposition attachment always; add_header Cache-Control no-store always;
                        add_header Vary Origin always; add_header Set-Cookie a=b always;
                    }
                    \(answers)
                    location /internal/ { return 403; }
                    location / { default_type text/plain; return 200 "$request_method $http_x_forwarded_for"; }
                }
            }
            """
        try text.write(toFile: "\(folder.path)/upstream.conf", atomically: true, encoding: .utf8)
    }

    private func start(_ process: Process, configuration: String) throws {
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["nginx", "-e", "\(folder.path)/start.log", "-c", configuration]
        process.environment = ProcessInfo.processInfo.environment
            .merging(["PATH": "/usr/sbin:/usr/local/sbin:/usr/bin:/bin"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    private func end(_ process: Process) {
        kill(process.processIdentifier, SIGTERM)
        process.waitUntilExit()
    }
}
