import Database
import Domain
import HTTPTypes
import Hummingbird
import Moderation
import NIOCore
import ObjectStorage

/// `/api/v1/me`: what users are shown of themselves, and what they change about it.
struct ProfileController {
    let users: Users
    let store: any ObjectStore
    let passwords: PasswordHasher
    let throttle: LoginThrottle
    let gate: Gate
    let content: ContentCheck
    let addresses: PublicAddresses
    let pictureMaxBytes: Int
    let revoked: RevokedTokens
    /// In lower case.
    let commonPasswords: Set<String>

    private static let textMaxBytes = 64 * 1024

    func addRoutes(to router: Router<APIContext>) {
        router.get("/api/v1/me", use: show)
        router.patch("/api/v1/me", use: edit)
        router.put("/api/v1/me/password", use: changePassword)
        router.post("/api/v1/me/logout", use: logOut)
        router.post("/api/v1/me/logout-everywhere", use: logOutEverywhere)
        for picture in UserPicture.allCases {
            router.put("/api/v1/me/\(picture.rawValue)") { try await setPicture(picture, $0, $1) }
            router.delete("/api/v1/me/\(picture.rawValue)") { try await removePicture(picture, $0, $1) }
        }
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> Response {
        try await profile(of: try await caller(request, context, .read))
    }

    private struct Edit: Decodable { let signature: String }

    /// What the word filter holds is shown once it has been reviewed.
    @Sendable private func edit(_ request: Request, context: APIContext) async throws -> Response {
        let user = try await caller(request, context, .write)
        let edit = try await request.readJSON(Edit.self, maxBytes: Self.textMaxBytes)
        let signature = try APIError.translating(to: .invalidSignature) { try Signature(edit.signature) }
        let checked = try content.check(signature.rawValue, as: .signature)
        if checked.isHeld {
            try await users.setSignature(user, to: nil, held: checked.text)
        } else {
            try await users.setSignature(user, to: checked.text)
        }
        return try await profile(of: user)
    }

    private struct PasswordChange: Decodable {
        let oldPassword: String
        let newPassword: String

        enum CodingKeys: String, CodingKey {
            case oldPassword = "old_password"
            case newPassword = "new_password"
        }
    }

    /// Ends every login but the one that it answers with.
    @Sendable private func changePassword(_ request: Request, context: APIContext) async throws -> Response {
        let user = try await caller(request, context, .account)
        let change = try await request.readJSON(PasswordChange.self, maxBytes: Self.textMaxBytes)
        let old = try APIError.translating(to: .wrongCredentials) { try Password(change.oldPassword) }
        let new = try APIError.translating(to: .invalidPassword) { try Password(change.newPassword) }
        try new.require(notAmong: commonPasswords)
        guard let credentials = try await users.findCredentials(of: user) else { throw APIError.unknownAccount }
        // Whoever has found a token must not find the password with it.
        let (account, address) = (
            LoginThrottle.Account.id(user), gate.limits.address(of: request.headers, peer: context.peer)
        )
        let delay = try throttle.charge(account, from: address)
        let isRight = try await context.untilHangUp {
            if delay > .zero { try await Task.sleep(for: delay) }
            return try await passwords.verify(old, against: credentials.passwordHash)
        }
        guard isRight else {
            throw APIError(.wrongCredentials, "The old password is wrong.", chinese: "原密码错误。")
        }
        throttle.succeed(account, from: address)
        let hash = try await context.untilHangUp { try await passwords.hash(new) }
        guard let version = try await users.changePassword(user, from: credentials.passwordHash, to: hash) else {
            throw APIError(
                .passwordChanged,
                "The password was changed meanwhile. Log in with the new one.",
                chinese: "密码刚刚已被修改，请使用新密码登录。"
            )
        }
        revoked.revoke(user, before: version)
        let token = try await gate.tokens.issue(to: user, version: version)
        return Response(status: .ok, json: JSONWriter.object { $0.member("token", token) })
    }

    /// Ends the login whose token it came with.
    @Sendable private func logOut(_ request: Request, context: APIContext) async throws -> Response {
        let login = try await login(request, context)
        let expiry = login.expiry.millisecondsSince1970
        try await users.endSession(login.session, of: login.user, expiresMilliseconds: expiry)
        revoked.end(login.session, expiresMilliseconds: expiry)
        return Response(status: .noContent)
    }

    /// Ends every login, also that whose token it came with.
    @Sendable private func logOutEverywhere(_ request: Request, context: APIContext) async throws -> Response {
        let login = try await login(request, context)
        guard let version = try await users.endSessions(of: login.user) else { throw APIError.unknownAccount }
        revoked.revoke(login.user, before: version)
        return Response(status: .noContent)
    }

    private func login(_ request: Request, _ context: APIContext) async throws -> AccessTokens.Claims {
        try gate.limits.charge(request, context, for: .account)
        return try await gate.requireLogin(DouyinParameters(queryOf: request), for: .account)
    }

    private func profile(of user: UserID) async throws -> Response {
        guard let profile = try await users.find(user, viewer: user) else { throw APIError.unknownAccount }
        return Response(
            status: .ok,
            json: JSONWriter.object { DouyinUser(profile, addresses: addresses).write(to: &$0) }
        )
    }

    private func caller(_ request: Request, _ context: APIContext, _ group: LimitGroup) async throws -> UserID {
        try gate.limits.charge(request, context, for: group)
        return try await gate.requireCaller(DouyinParameters(queryOf: request), for: group)
    }
}

/// Pictures.
extension ProfileController {
    private func setPicture(_ kind: UserPicture, _ request: Request, _ context: APIContext) async throws -> Response {
        let user = try await caller(request, context, .write)
        let file = try await request.readBody(maxBytes: pictureMaxBytes)
        let picture = try APIError.translating(to: .invalidPicture) {
            try UploadedPicture(Array(file.readableBytesView))
        }
        // A name of its own for every picture: what is at an address never changes.
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        let key = try ObjectKey("profiles/\(user)/\(kind.rawValue)-\(name).\(picture.fileExtension)")
        try await store.put(key, bytes: ByteBuffer(bytes: picture.bytes))
        try await replacePicture(kind, of: user, by: key)
        return try await profile(of: user)
    }

    private func removePicture(_ kind: UserPicture, _ request: Request, _ context: APIContext) async throws -> Response
    {
        let user = try await caller(request, context, .write)
        try await replacePicture(kind, of: user, by: nil)
        return try await profile(of: user)
    }

    private func replacePicture(_ kind: UserPicture, of user: UserID, by key: ObjectKey?) async throws {
        guard let oldKey = try await users.setPicture(kind, of: user, key: key?.rawValue) else {
            if let key { try await store.delete([key]) }
            throw APIError.unknownAccount
        }
        if let old = oldKey.flatMap(ObjectKey.init(rawValue:)) { try await store.delete([old]) }
    }
}
