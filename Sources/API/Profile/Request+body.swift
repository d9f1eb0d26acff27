import Foundation
import Hummingbird
import NIOCore

extension Request {
    /// The whole body.
    ///
    /// - Throws: an ``APIError`` if it is longer than allowed or breaks off.
    func readBody(maxBytes: Int) async throws -> ByteBuffer {
        var bytes = ByteBuffer()
        let memory = BodyMemory.Share()
        do {
            for try await part in body {
                try memory.take(part.readableBytes)
                bytes.writeImmutableBuffer(part)
                guard bytes.readableBytes <= maxBytes else { throw APIError.tooLarge(maxBytes) }
            }
        } catch let error as APIError {
            throw error.closingConnection
        } catch {
            throw APIError(
                .incompleteUpload,
                "The request ended too early. Send it again.",
                chinese: "请求提前结束，请重新发送。"
            ).closingConnection
        }
        return bytes
    }

    /// The body as JSON.
    func readJSON<Value: Decodable>(_ type: Value.Type, maxBytes: Int) async throws -> Value {
        let bytes = try await readBody(maxBytes: maxBytes)
        do {
            return try JSONDecoder().decode(type, from: Data(bytes.readableBytesView))
        } catch let error as DecodingError {
            throw APIError(
                .invalidParameter,
                "The body must be a JSON object: \(error.shortDescription)",
                chinese: "请求体必须是 JSON 对象：\(error.shortDescription)"
            )
        }
    }
}

extension APIError {
    fileprivate static func tooLarge(_ maxBytes: Int) -> APIError {
        APIError(
            .requestTooLarge,
            "The body must not be longer than \(maxBytes / 1024) KiB.",
            chinese: "请求体不能超过 \(maxBytes / 1024) KiB。"
        )
    }
}

extension DecodingError {
    /// Which member is wrong, without Foundation's own words.
    fileprivate var shortDescription: String {
        switch self {
        case .keyNotFound(let key, _): "the member “\(key.stringValue)” is missing."
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "the member “\(context.codingPath.map(\.stringValue).joined(separator: "."))” has the wrong type."
        default: "it cannot be parsed."
        }
    }
}
