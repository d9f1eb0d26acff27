import Crypto
import Foundation
import Testing

extension ContractTests {
    /// Who is asking.
    @Suite struct Tokens {
        @Test func protectedRoutesWantAGoodToken() throws {
            let stage = try ContractStage.here
            let (caller, other) = (try stage.api.join(), try stage.api.join())
            let expired = try token(of: caller.id, expiringIn: -1, secret: secret(of: stage))
            let foreign = try token(of: caller.id, expiringIn: 3600, secret: "a secret of somebody else")
            for item in ContractCase.all(caller: caller, other: other, video: stage.videos[0])
            where !ContractRoute.open.contains(item.route) && item.route != .register && item.route != .login {
                for (token, code) in [
                    (nil, ContractCode.notLoggedIn), ("", .notLoggedIn), ("wrong", .invalidToken),
                    (foreign, .invalidToken), (expired, .expiredToken), (caller.token, .success),
                ] {
                    let answer = try stage.api.send(item.request(replacing: ["token": token]), as: item.route)
                    #expect(answer.code == code, "\(item.route) with the token \(token ?? "absent")")
                }
            }
        }

        @Test func openRoutesWantNone() throws {
            let stage = try ContractStage.here
            let (caller, other) = (try stage.api.join(), try stage.api.join())
            let expired = try token(of: caller.id, expiringIn: -1, secret: secret(of: stage))
            for item in ContractCase.all(caller: caller, other: other, video: stage.videos[0])
            where ContractRoute.open.contains(item.route) {
                for (token, code) in [
                    (nil, ContractCode.success), ("", .success), (caller.token, .success), ("wrong", .invalidToken),
                    (expired, .expiredToken),
                ] {
                    let answer = try stage.api.send(item.request(replacing: ["token": token]), as: item.route)
                    #expect(answer.code == code, "\(item.route) with the token \(token ?? "absent")")
                }
            }
        }

        @Test func aTokenMayStandInTheHeader() throws {
            let stage = try ContractStage.here
            let (caller, other) = (try stage.api.join(), try stage.api.join())
            for item in ContractCase.all(caller: caller, other: other, video: stage.videos[0]) {
                let request = item.request(headers: ["Authorization": "Bearer \(caller.token)"])
                let answer = try stage.api.send(request, as: item.route)
                #expect(answer.code == .success, "\(item.route): \(answer.message)")
            }
        }

        @Test func aSignatureCannotBeLeftOutOrMoved() throws {
            let stage = try ContractStage.here
            let (ada, eve) = (try stage.api.join(), try stage.api.join())
            let (adas, eves) = (ada.token.split(separator: "."), eve.token.split(separator: "."))
            let none = Data(#"{"alg":"none","typ":"JWT"}"#.utf8).base64URL
            for forged in [
                "\(eves[0]).\(adas[1]).\(eves[2])", "\(none).\(adas[1]).", "\(adas[0]).\(adas[1])", "\(ada.token)x",
            ] {
                #expect(try stage.api.call(.user, ["token": forged]).code == .invalidToken)
            }
        }

        /// Its signature is ours, but there is nobody whom it could speak for.
        @Test func aTokenOfNobodyDoesNothing() throws {
            let stage = try ContractStage.here
            let other = try stage.api.join()
            let token = try token(of: 999_999, expiringIn: 3600, secret: secret(of: stage))
            let nobody = ContractClient.Member(id: 999_999, name: "nobody", token: token)
            let writing: [ContractRoute] = [.favorite, .comment, .follow, .message]
            for item in ContractCase.all(caller: nobody, other: other, video: stage.videos[0])
            where writing.contains(item.route) {
                let answer = try stage.api.send(item.request(replacing: ["token": token]), as: item.route)
                #expect(answer.code == .invalidToken, "\(item.route): \(answer.message)")
            }
        }

        private func secret(of stage: ContractStage) throws -> String {
            try String(contentsOfFile: "\(stage.clipyard.home)/token-secret", encoding: .utf8)
        }

        /// A JWT as the program makes them.
        private func token(of user: Int64, expiringIn seconds: TimeInterval, secret: String) throws -> String {
            let now = Date().timeIntervalSince1970
            let payload = #"{"sub":"\#(user)","iat":\#(Int(now) - 60),"exp":\#(Int(now + seconds)),"ver":0}"#
            let text = Data(#"{"alg":"HS256","typ":"JWT"}"#.utf8).base64URL + "." + Data(payload.utf8).base64URL
            let code = HMAC<SHA256>.authenticationCode(
                for: Data(text.utf8),
                using: SymmetricKey(data: Data(secret.utf8))
            )
            return text + "." + Data(code).base64URL
        }
    }
}

extension Data {
    fileprivate var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
