import Database
import Domain
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
    func finish(_ form: OpenForm, _ metadata: UploadMetadata, cover: UploadedPicture?) async throws -> UploadRecord {
        let mark = try await form.pump.seal()
        await form.pump.close()
        var upload = form.upload
        (upload.offsetBytes, upload.placement, upload.metadata) = (mark.offset, mark.state, metadata)
        if let cover, let video = upload.videoID { upload.coverKey = try await store(cover, of: video).rawValue }
        guard try await uploads.receive(upload) else { throw APIError.uploadExpired }
        return try await finish(upload, form.hash)
    }
}
