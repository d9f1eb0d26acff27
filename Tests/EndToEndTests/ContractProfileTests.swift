import Foundation
import Testing

extension ContractTests {
    /// `/api/v1/me`, whose errors are problem documents (RFC 9457).
    @Suite struct Profiles {
        private func ask(
            _ method: String,
            _ path: String = "",
            as token: String?,
            body: Data? = nil
        ) throws -> (reply: HTTPReply, json: StrictJSON) {
            let reply = try ContractStage.here.api.raw(
                method,
                "/api/v1/me\(path)",
                headers: token.map { ["Authorization": "Bearer \($0)"] } ?? [:],
                body: body
            )
            return (reply, try StrictJSON(reply.body))
        }

        private func expectProblem(_ answer: (reply: HTTPReply, json: StrictJSON), _ status: Int, _ code: String) {
            #expect(answer.reply.status == status)
            #expect(answer.reply.headers["content-type"] == "application/problem+json")
            let shape = ContractShape.object([
                "title": .string, "status": .count, "detail": .string, "code": .string, "instance": .string,
            ])
            #expect(shape.violations(in: answer.json) == [])
            #expect(answer.json["status"].int == Int64(status) && answer.json["code"].text == code)
            for words in ["title", "detail"] { #expect(answer.json[words].text?.isEmpty == false, "no \(words)") }
        }

        @Test func aUserIsShownAsInTheContract() throws {
            let api = try ContractStage.here.api
            let ada = try api.join()
            let me = try ask("GET", as: ada.token)
            #expect(me.reply.status == 200 && ContractShape.user.violations(in: me.json) == [])
            #expect(try me.json == api.user(ada.id))
            expectProblem(try ask("GET", as: nil), 401, "not_logged_in")
            expectProblem(try ask("GET", as: "wrong"), 401, "invalid_token")
        }

        @Test func aSignatureHasUpTo100Characters() throws {
            let api = try ContractStage.here.api
            let ada = try api.join()
            func sign(_ text: String) throws -> (reply: HTTPReply, json: StrictJSON) {
                try ask("PATCH", as: ada.token, body: try JSONEncoder().encode(["signature": text]))
            }
            let longest = String(repeating: "签", count: 100)
            for (text, shown) in [("hello", "hello"), (longest, longest), ("", ""), ("no cocaine", "no *******")] {
                let answer = try sign(text)
                #expect(answer.reply.status == 200 && answer.json["signature"].text == shown)
                #expect(try api.user(ada.id)["signature"].text == shown)
            }
            expectProblem(try sign(longest + "名"), 400, "invalid_signature")
            for body in ["{}", "[]", "{\"signature\":5}", "hello", ""] {
                let answer = try ask("PATCH", as: ada.token, body: Data(body.utf8))
                expectProblem(answer, 400, "invalid_parameter")
            }
        }

        @Test(arguments: [("avatar", "avatar", "png"), ("background", "background_image", "jpg")])
        func aPictureIsPublishedWithoutWhatItTells(picture: String, field: String, type: String) throws {
            let api = try ContractStage.here.api
            let ada = try api.join()
            let start = try api.user(ada.id)[field]
            let file = try Self.picture(type)
            #expect(file.contains("51.5007,-0.1246"))
            let answer = try ask("PUT", "/\(picture)", as: ada.token, body: file)
            let address = try #require(answer.json[field].text)
            #expect(answer.reply.status == 200 && answer.json[field] != start)
            #expect(try api.user(ada.id)[field].text == address)
            let path = try #require(URL(string: address)?.path)
            let reply = try api.raw("GET", path)
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"] == (type == "png" ? "image/png" : "image/jpeg"))
            #expect(!reply.body.contains("51.5007,-0.1246") && reply.body.count > 100)
            #expect(try ask("DELETE", "/\(picture)", as: ada.token).json[field] == start)
            #expect(try api.raw("GET", path).status == 404)
        }

        @Test func whatIsNoPictureIsRefused() throws {
            let ada = try ContractStage.here.api.join()
            for path in ["/avatar", "/background"] {
                for bytes in [Data(), Data("<svg/>".utf8), try Self.picture("png").prefix(60)] {
                    expectProblem(try ask("PUT", path, as: ada.token, body: bytes), 400, "invalid_picture")
                }
                expectProblem(try ask("PUT", path, as: nil, body: try Self.picture("png")), 401, "not_logged_in")
            }
            expectProblem(
                try ask("PUT", "/avatar", as: ada.token, body: Data(count: 6 << 20)),
                413,
                "request_too_large"
            )
        }

        @Test func aNewPasswordEndsOlderLoginsAtOnce() throws {
            let api = try ContractStage.here.api
            let ada = try api.join()
            func change(_ old: String, _ new: String, as token: String) throws -> (reply: HTTPReply, json: StrictJSON) {
                let body = try JSONEncoder().encode(["old_password": old, "new_password": new])
                return try ask("PUT", "/password", as: token, body: body)
            }
            expectProblem(try change("wrong-password", "new-password", as: ada.token), 401, "wrong_credentials")
            expectProblem(try change("secret-\(ada.name)", "1234", as: ada.token), 400, "invalid_password")
            let changed = try change("secret-\(ada.name)", "new-password", as: ada.token)
            #expect(changed.reply.status == 200)
            let token = try #require(changed.json["token"].text)
            #expect(try api.call(.user, ["token": ada.token]).code == .revokedToken)
            expectProblem(try ask("GET", as: ada.token), 401, "revoked_token")
            #expect(try api.call(.user, ["token": token])["user"]["id"].int == ada.id)
            for (password, code) in [
                ("new-password", ContractCode.success), ("secret-\(ada.name)", .wrongCredentials),
            ] {
                #expect(try api.call(.login, ["username": ada.name, "password": password]).code == code)
            }
        }

        /// A real picture that says where it was taken.
        private static func picture(_ type: String) throws -> Data {
            let folder = try TemporaryFolder()
            let path = "\(folder.path)/picture.\(type)"
            let command = try Command([
                "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=64x48", "-frames:v", "1", path,
            ])
            try #require(command.status == 0, "ffmpeg: \(command.standardError)")
            var bytes = try Data(contentsOf: URL(filePath: path))
            let place = Data("51.5007,-0.1246".utf8)
            // After the signature and IHDR of a PNG, or after the two bytes that begin a JPEG.
            let position = type == "png" ? 33 : 2
            bytes.replaceSubrange(position..<position, with: type == "png" ? textChunk(place) : exifSegment(place))
            return bytes
        }

        private static func exifSegment(_ text: Data) -> Data {
            var segment = Data([0xFF, 0xE1, 0, UInt8(text.count + 8)])
            segment += Data("Exif\0\0".utf8)
            return segment + text
        }

        private static func textChunk(_ text: Data) -> Data {
            let content = Data("tEXtLocation\0".utf8) + text
            let length = withUnsafeBytes(of: UInt32(content.count - 4).bigEndian) { Data($0) }
            return length + content + withUnsafeBytes(of: crc32(content).bigEndian) { Data($0) }
        }

        /// CRC-32 as PNG wants it.
        private static func crc32(_ data: Data) -> UInt32 {
            var crc = ~UInt32(0)
            for byte in data {
                crc ^= UInt32(byte)
                for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
            }
            return ~crc
        }
    }
}

extension Data {
    fileprivate func contains(_ text: String) -> Bool { range(of: Data(text.utf8)) != nil }
}
