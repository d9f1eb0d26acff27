import Database
import Domain
import HTTPTypes
import Hummingbird

/// `/v/{id}/…`: addresses that a creator can be given before the media exist, and that lead to them afterwards.
struct VideoLinkController {
    let videos: Videos
    let addresses: PublicAddresses
    let retrySeconds: Int

    func addRoutes(to router: Router<APIContext>) {
        for file in PublicAddresses.MediaFile.allCases {
            router.get("/v/:id/\(file.rawValue)") { _, context in
                try await redirect(to: file, id: context.parameters.get("id"))
            }
        }
    }

    private func redirect(to file: PublicAddresses.MediaFile, id text: String?) async throws -> Response {
        let unknown = APIError(.unknownVideo, "There is no such video.", chinese: "视频不存在。")
        guard let id = text.flatMap(Int64.init).map(VideoID.init), let video = try await videos.location(of: id) else {
            throw unknown
        }
        switch video.state {
        case .ready:
            let location = addresses.media(file, of: id, prefix: video.mediaPrefix, .public)
            // The video may get better media, so the redirect is asked for again.
            return Response(
                status: .found,
                headers: [.location: location, .cacheControl: "no-cache", .contentLength: "0"]
            )
        case .uploading, .processing:
            throw APIError(
                .videoNotReady,
                "The video is being processed. Ask again in a moment.",
                chinese: "视频正在处理，请稍后再试。",
                retryAfterSeconds: retrySeconds
            )
        case .failed:
            throw APIError(.videoFailed, "The video could not be processed.", chinese: "视频处理失败。")
        case .removed:
            throw unknown
        }
    }
}
