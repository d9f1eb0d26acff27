import Foundation
import ObjectStorage

/// Uploads one file by tus, however often the connection breaks.
struct ResumableUpload: Sendable {
    /// How long to try without a byte that gets through.
    private static let patience = Duration.seconds(600)
    private static let shortestPause = 0.25, longestPause = 10.0

    let server: String
    let token: String
    let video: LocalVideo
    /// What is said about the video, by name.
    let wishes: [(String, String)]
    /// The path of an image that becomes the cover.
    let cover: String?

    private let http = CurlClient()
    private let bar: UploadProgressBar
    private let fingerprint: String

    init(server: String, token: String, video: LocalVideo, wishes: [(String, String)], cover: String?) {
        (self.server, self.token, self.video, self.wishes, self.cover) = (server, token, video, wishes, cover)
        bar = UploadProgressBar(name: video.name, total: video.sizeBytes)
        let all = wishes + (cover.map { [("cover", $0)] } ?? [])
        fingerprint = video.fingerprint(server: server, token: token, wishes: all)
    }

    /// What became of the upload.
    struct Outcome: Decodable {
        let video_id: Int64
        let is_duplicate: Bool
    }

    /// Returns once the server has the whole file and has queued its processing.
    ///
    /// - Throws: ``UpError`` in the server's words if it refuses.
    func run() async throws -> Outcome {
        defer { bar.finish() }
        let note = try await begin()
        try await sendRest(to: note.address)
        let answer = try await persistently { try await send("GET", note.address) }
        let outcome = try JSONDecoder().decode(Outcome.self, from: Data(answer.body))
        UploadNote.remove(fingerprint)
        return outcome
    }

    /// Goes on with what an earlier run has begun, if there is such a thing.
    private func begin() async throws -> UploadNote {
        if let note = UploadNote.read(fingerprint),
            try await persistently({ try await offset(of: note.address) }) != nil
        {
            return note
        }
        let sha256 = try video.checksum()
        let pairs = (wishes + [("filename", video.name), ("sha256", sha256)])
            .map { "\($0.0) \(Data($0.1.utf8).base64EncodedString())" }
        let created = try await persistently {
            try await send(
                "POST",
                "\(server)/api/v1/uploads",
                ["Upload-Length": "\(video.sizeBytes)", "Upload-Metadata": pairs.joined(separator: ",")]
            )
        }
        guard let location = created.headers["Location"] else {
            throw UpError("\(server) did not say where to upload to; is it a Clipyard server?")
        }
        let note = UploadNote(address: location.hasPrefix("/") ? server + location : location, sha256: sha256)
        if let cover { try await send(cover: cover, to: note.address) }
        note.keep(fingerprint)
        return note
    }

    private func send(cover: String, to address: String) async throws {
        let size = try LocalVideo(cover).sizeBytes
        _ = try await persistently {
            try await send("PUT", "\(address)/cover", body: .file(path: cover, range: 0..<size))
        }
    }

    private func sendRest(to address: String) async throws {
        _ = try await persistently {
            guard let offset = try await offset(of: address) else {
                UploadNote.remove(fingerprint)
                throw UpError("The server has given up this upload. Run the command again to begin anew.")
            }
            bar.show(offset)
            guard offset < video.sizeBytes else { return true }
            _ = try await send(
                "PATCH",
                address,
                ["Upload-Offset": "\(offset)", "Content-Type": "application/offset+octet-stream"],
                body: .file(path: video.path, range: offset..<video.sizeBytes)
            ) { sent, _ in bar.show(offset + sent) }
            return true
        }
    }

    /// How much the server has; `nil` if it has forgotten the upload.
    private func offset(of address: String) async throws -> Int64? {
        do {
            return try await send("HEAD", address).headers["Upload-Offset"].flatMap { Int64($0) }
        } catch let refusal as Refusal where refusal.status == 404 || refusal.status == 410 {
            return nil
        }
    }
}

extension ResumableUpload {
    /// An answer that is none.
    private struct Refusal: Error {
        let status: Int
        let message: String

        /// Whether the same may succeed a little later: a server that restarts, or that is where we think it is not.
        var isTemporary: Bool { status >= 500 && status != 507 || [409, 423].contains(status) }
    }

    private struct Problem: Decodable { let detail: String }

    @discardableResult
    private func send(
        _ method: String,
        _ address: String,
        _ headers: CurlHeaders = [:],
        body: CurlBody = .none,
        progress: (@Sendable (Int64, Int64) -> Void)? = nil
    ) async throws -> CurlResponse {
        var headers = headers
        headers["Tus-Resumable"] = "1.0.0"
        headers["Authorization"] = "Bearer \(token)"
        let response = try await http.send(
            CurlRequest(method, address, headers: headers, body: body),
            progress: progress
        )
        guard (200..<300).contains(response.status) else {
            let problem = try? JSONDecoder().decode(Problem.self, from: Data(response.body))
            let fallback = "\(server) answered \(response.status)."
            throw Refusal(status: response.status, message: problem?.detail ?? fallback)
        }
        return response
    }

    /// Tries again while it may help, with pauses that grow.
    private func persistently<Value>(_ body: () async throws -> Value) async throws -> Value {
        var deadline = ContinuousClock.now + Self.patience
        var pause = Self.shortestPause
        while true {
            let start = ContinuousClock.now
            do {
                return try await body()
            } catch let refusal as Refusal {
                guard refusal.isTemporary, ContinuousClock.now < deadline else { throw UpError(refusal.message) }
                bar.explain("\(refusal.message) Trying again.")
            } catch let error as CurlError {
                guard ContinuousClock.now < deadline else { throw UpError("\(server) cannot be reached: \(error)") }
                bar.explain("the connection broke; trying again")
            }
            // Something got through in an attempt that lasted.
            if ContinuousClock.now - start > .seconds(5) {
                (deadline, pause) = (.now + Self.patience, Self.shortestPause)
            }
            try await Task.sleep(for: .seconds(pause * Double.random(in: 0.75...1.25)))
            pause = min(pause * 2, Self.longestPause)
        }
    }
}
