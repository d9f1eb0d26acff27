import Foundation
import HTTPTypes
import Hummingbird

/// `/static/…`: the avatar and the background of users who have not chosen their own.
struct ProfileImages {
    func addRoutes(to router: Router<APIContext>) {
        add("avatar.png", type: "image/png", base64: ProfileImageData.avatar, to: router)
        add("background.jpg", type: "image/jpeg", base64: ProfileImageData.background, to: router)
    }

    private func add(_ name: String, type: String, base64: String, to router: Router<APIContext>) {
        let bytes = ByteBuffer(bytes: Data(base64Encoded: base64) ?? Data())
        let respond: @Sendable (Request, APIContext) async throws -> Response = { _, _ in
            Response(
                status: .ok,
                headers: [
                    .contentType: type, .contentLength: "\(bytes.readableBytes)",
                    .cacheControl: "public, max-age=86400",
                ],
                body: ResponseBody(byteBuffer: bytes)
            )
        }
        router.get("/static/\(name)", use: respond)
        router.head("/static/\(name)", use: respond)
    }
}
