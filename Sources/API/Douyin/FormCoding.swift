import Foundation
import NIOCore

/// Names and values as bodies and queries carry them: urlencoded, or a flat object of JSON.
enum FormCoding {
    /// The names and values of a urlencoded form; of a name that is there twice, the first value.
    static func decode(_ form: some Sequence<UInt8>) throws(APIError) -> [String: String] {
        var values: [String: String] = [:]
        for pair in Array(form).split(separator: UInt8(ascii: "&")) {
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let name = PercentCoding.decode(pair[..<equals], plusIsSpace: true)
            let value = PercentCoding.decode(pair[equals...].dropFirst(), plusIsSpace: true)
            guard let name = String(validating: name, as: UTF8.self),
                let value = String(validating: value, as: UTF8.self)
            else { throw .notUTF8 }
            if values[name] == nil { values[name] = value }
        }
        return values
    }

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

extension APIError {
    fileprivate static let notUTF8 = APIError(
        .invalidParameter,
        "A parameter is not encoded as UTF-8.",
        chinese: "参数不是 UTF-8 编码。"
    )
}
