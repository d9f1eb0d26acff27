import Foundation
import TestSupport

/// nginx that speaks TLS and HTTP/2 before a store, with a certificate that no system trusts.
///
/// It goes with this process.
struct HTTP2Front: Sendable {
    /// One request, as nginx has logged it.
    struct Request: Equatable {
        let httpVersion: String
        let connection: Int
        let method: String
        let target: String

        init?(_ line: Substring) {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 4, let connection = Int(words[1]) else { return nil }
            (httpVersion, self.connection, method, target) = (words[0], connection, words[2], words[3])
        }
    }

    let port: Int
    private let folder = "\(FileManager.default.temporaryDirectory.path)/http2-\(UUID().uuidString)"

    var url: String { "https://127.0.0.1:\(port)" }
    /// The certificate, which is its own authority.
    var certificate: String { "\(folder)/certificate.pem" }

    init(to upstreamPort: Int) throws {
        port = try FreePort.next()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Self.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2", "-subj", "/CN=clipyard tests", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
            "\(folder)/key.pem", "-out", "\(folder)/certificate.pem",
        ])
        try Data(configuration(upstreamPort).utf8).write(to: URL(filePath: "\(folder)/nginx.conf"))
        try StorageServer.launch(
            ["nginx", "-p", folder, "-e", "\(folder)/error.log", "-c", "\(folder)/nginx.conf"],
            in: folder
        )
        // It retries until nginx listens.
        try Self.run([
            "curl", "-s", "-o", "/dev/null", "--retry", "50", "--retry-connrefused", "--retry-delay", "1", "--cacert",
            certificate, "\(url)/",
        ])
    }

    /// The requests that have ended and whose target contains a text, as soon as there are so many.
    func requests(_ count: Int, about text: String) async throws -> [Request] {
        while true {
            let log = try String(contentsOfFile: "\(folder)/access.log", encoding: .utf8)
            let found = log.split(separator: "\n").compactMap(Request.init).filter { $0.target.contains(text) }
            if found.count >= count { return found }
            // nginx logs a request when its last byte has gone.
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private func configuration(_ upstreamPort: Int) -> String {
        """
        daemon off;
        master_process off;
        pid nginx.pid;
        events { worker_connections 512; }
        http {
            log_format requests '$server_protocol $connection $request_method $request_uri';
            access_log access.log requests;
            client_max_body_size 0;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
            server {
                listen 127.0.0.1:\(port) ssl http2;
                ssl_certificate certificate.pem;
                ssl_certificate_key key.pem;
                location / {
                    proxy_pass http://127.0.0.1:\(upstreamPort);
                    proxy_http_version 1.1;
                    proxy_set_header Host $http_host;
                    proxy_request_buffering off;
                    proxy_buffering off;
                }
            }
        }
        """
    }

    private static func run(_ command: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    }
}
