import Foundation
import ObjectStorage

/// Uploads one file by tus, however often the connection breaks.
struct ResumableUpload: Sendable {
    let server: PublishServer
    let video: LocalVideo
    /// What is said about the video, by name.
    let wishes: [(String, String)]
    /// The path of an image that becomes the cover.
    let cover: String?

    private let bar: UploadProgressBar
    private let fingerprint: String

    init(server: PublishServer, video: LocalVideo, wishes: [(String, String)], cover: String?) {
        (self.server, self.video, self.wishes, self.cover) = (server, video, wishes, cover)
        bar = UploadProgressBar(name: video.name, total: video.sizeBytes)
        let all = wishes + (cover.map { [("cover", $0)] } ?? [])
        fingerprint = video.fingerprint(server: server.address, wishes: all)
    }

    /// What became of the upload.
    struct Outcome: Decodable {
        let video_id: Int64
        let is_duplicate: Bool
    }

    /// Returns once the server has the whole file and has queued its processing.
    ///
    /// - Throws: ``PublishRefusal`` in the server's words if it refuses.
    func run() async throws -> Outcome {
        defer { bar.finish() }
        let note = try await begin()
        try await sendRest(to: note.address)
        let outcome = try await persistently {
            let answer = try await server.send("GET", note.address)
            return try JSONDecoder().decode(Outcome.self, from: Data(answer.body))
        }
        UploadNote.remove(fingerprint)
        return outcome
    }

    private func persistently<Value>(_ body: () async throws -> Value) async throws -> Value {
        try await server.persistently(explaining: bar.explain, body)
    }

    /// Goes on with what an earlier run has begun, if there is such a thing.
    private func begin() async throws -> UploadNote {
        if let note = UploadNote.read(fingerprint),
            try await persistently({ try await offset(of: note.address) }) != nil
        {
            return note
        }
        let note = UploadNote(address: try await create())
        if let cover { try await send(cover: cover, to: note.address) }
        note.keep(fingerprint)
        return note
    }

    /// Returns the address of a new upload.
    private func create() async throws -> String {
        bar.announce("reading the file")
        var all = wishes + [("filename", video.name), ("sha256", try video.checksum())]
        if cover != nil { all.append(("cover_follows", "yes")) }
        let pairs = all.map { "\($0.0) \(Data($0.1.utf8).base64EncodedString())" }
        let created = try await persistently {
            try await server.send(
                "POST",
                "\(server.address)/api/v1/uploads",
                ["Upload-Length": "\(video.sizeBytes)", "Upload-Metadata": pairs.joined(separator: ",")]
            )
        }
        guard let location = created.headers["Location"] else {
            throw UpError("\(server.address) did not say where to upload to. Is it a Clipyard server?")
        }
        return location.hasPrefix("/") ? server.address + location : location
    }

    private func send(cover: String, to address: String) async throws {
        let size = try LocalVideo(cover).sizeBytes
        do {
            _ = try await persistently {
                try await server.send("PUT", "\(address)/cover", body: .file(path: cover, range: 0..<size))
            }
        } catch let refusal as PublishRefusal {
            // Nobody will go on with it.
            _ = try? await server.send("DELETE", address)
            throw PublishRefusal(status: refusal.status, message: "The cover \(cover): \(refusal.message)")
        }
    }

    private func sendRest(to address: String) async throws {
        try await persistently {
            guard let offset = try await offset(of: address) else {
                UploadNote.remove(fingerprint)
                throw UpError("The server has given up this upload. Run the command again to begin anew.")
            }
            bar.show(offset)
            guard offset < video.sizeBytes else { return }
            try await server.send(
                "PATCH",
                address,
                ["Upload-Offset": "\(offset)", "Content-Type": "application/offset+octet-stream"],
                body: .file(path: video.path, range: offset..<video.sizeBytes)
            ) { sent, _ in bar.show(offset + sent) }
        }
    }

    /// How much the server has; `nil` if it has forgotten the upload.
    private func offset(of address: String) async throws -> Int64? {
        do {
            let offset = try await server.send("HEAD", address).headers["Upload-Offset"].flatMap { Int64($0) }
            guard offset.map((0...video.sizeBytes).contains) != false else {
                throw UpError("\(server.address) has more of this file than there is. Is it a Clipyard server?")
            }
            return offset
        } catch let refusal as PublishRefusal where refusal.status == 404 || refusal.status == 410 {
            return nil
        }
    }
}
