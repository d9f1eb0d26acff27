import Database
import Domain
import Foundation
import ObjectStorage

/// The third way in: a file that comes in one request, with which nobody goes on.
///
/// Its bytes are not acknowledged on the way, and are safe at its end. From there on it is an upload like the others.
extension UploadCore {
    /// A form whose file is on its way into the store.
    struct OpenForm: Sendable {
        let upload: UploadRecord
        let pump: UploadPump
        let hash: UploadHash
    }

    func open(_ form: UploadRecord) async throws -> OpenForm {
        guard let upload = try await uploads.claim(form.id, isWriting: true) else { throw APIError.uploadExpired }
        let hash = UploadHash()
        let pump = UploadPump(
            upload,
            limit: rules.maxBytes,
            writer: try await sink.resume(try place(of: upload), hash: hash),
            acknowledger: nil,
            checksum: nil,
            reserve: reservation(of: upload)
        )
        return OpenForm(upload: upload, pump: pump, hash: hash)
    }

    /// Makes a video of a form of which everything has come.
    ///
    /// Once its bytes are safe and its row says so, it ends like any upload: if not now, by maintenance.
    func finish(_ form: OpenForm, _ metadata: UploadMetadata, cover: UploadedPicture?) async throws -> UploadRecord {
        var upload = form.upload
        upload.metadata = metadata
        do {
            let mark = try await form.pump.seal()
            (upload.offsetBytes, upload.placement) = (mark.offset, mark.state)
            await form.pump.close()
            if let cover, let video = upload.videoID { upload.coverKey = try await store(cover, of: video).rawValue }
        } catch {
            await form.pump.close()
            throw await abandon(upload, after: error)
        }
        try await receive(upload, form.hash)
        return try await finishUnattended(upload, form.hash)
    }

    /// Before each try to record that all of a form has come.
    private static let receivePauses: [Duration] = [.zero, .milliseconds(200), .seconds(1), .seconds(3)]
    private static let receiveInterval = Duration.seconds(5)

    /// Records that all of a form is here; while the database is away, this goes on after the request.
    private func receive(_ upload: UploadRecord, _ hash: UploadHash) async throws {
        var outage: (any Error)?
        for pause in Self.receivePauses {
            try await Task.sleep(for: pause)
            do { return try await recordReceived(upload) } catch {
                guard Self.isOutage(error) else { throw await abandon(upload, after: error) }
                outage = error
            }
        }
        Task { await receiveLater(upload, hash) }
        throw UploadUnfinished(underlying: outage ?? APIError.uploadExpired)
    }

    private func receiveLater(_ upload: UploadRecord, _ hash: UploadHash) async {
        while upload.expiresAt > .now {
            try? await Task.sleep(for: Self.receiveInterval)
            do {
                try await recordReceived(upload)
                // Where this fails, maintenance goes on.
                _ = try? await finish(upload, hash)
                return
            } catch {
                if Self.isOutage(error) { continue }
                await abandon(upload, after: error)
                return
            }
        }
    }

    private func recordReceived(_ upload: UploadRecord) async throws {
        if try await uploads.receive(upload) { return }
        // A try before this one may have done it, though its answer was lost.
        let state = try await uploads.find(upload.id)?.state
        guard state == .received || state == .finished else { throw APIError.uploadExpired }
    }
}
