import Foundation
import NIOCore

/// A body in JSON: one flat object, whose values are what a form would say in text.
extension DouyinParameters {
    /// The members of the object; `null` is absent.
    static func decodeJSON(_ body: ByteBuffer) throws(APIError) -> [String: String] {
        guard body.readableBytes > 0 else { return [:] }
        do {
            return try JSONDecoder().decode([String: Scalar?].self, from: Data(body.readableBytesView))
                .compactMapValues { $0?.text }
        } catch {
            throw APIError(
                .invalidParameter,
                "The body must be a JSON object of texts, numbers and booleans.",
                chinese: "请求体必须是由文本、数字和布尔值组成的 JSON 对象。"
            )
        }
    }

    private struct Scalar: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let text = try? value.decode(String.self) {
                self.text = text
            } else if let number = try? value.decode(Int64.self) {
                text = String(number)
            } else {
                text = try value.decode(Bool.self) ? "true" : "false"
            }
        }
    }
}
