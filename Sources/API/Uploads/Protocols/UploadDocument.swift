import Database
import Domain
import Foundation

/// An upload as `/api/v1/uploads/{id}` answers it; `docs/api.md` explains every field.
struct UploadDocument: Encodable {
    let id: String
    /// `open`, `received` or `finished`.
    let state: String
    let offset: Int64
    let length: Int64?
    /// Once it is finished; the first one's if the same request was sent again.
    let video_id: Int64?
    let is_duplicate: Bool
    let expires_at: String

    init(_ upload: UploadRecord) {
        id = upload.id
        state = upload.state.rawValue
        offset = upload.offsetBytes
        length = upload.lengthBytes
        video_id = upload.state == .finished ? upload.videoID?.rawValue : nil
        is_duplicate = upload.isDuplicate
        expires_at = upload.expiresAt.formatted(.iso8601)
    }
}
