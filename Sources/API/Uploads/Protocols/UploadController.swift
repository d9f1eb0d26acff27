import Database
import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import ObjectStorage

/// `/api/v1/uploads`: uploads that go on where they were, in the two protocols that clients speak.
struct UploadController {
    static let path = "/api/v1/uploads"

    let core: UploadCore
    let gate: Gate
    let content: ContentCheck
    let addresses: PublicAddresses

    func addRoutes(to router: Router<APIContext>) {
        let one = RouterPath("\(Self.path)/:id")
        for path in [RouterPath(Self.path), one] { router.on(path, method: .options, use: options) }
        router.post(RouterPath(Self.path), use: create)
        router.head(one, use: locate)
        router.patch(one, use: append)
        router.delete(one, use: cancel)
        router.get(one, use: show)
        router.post(one, use: override)
        router.put("\(Self.path)/:id/cover", use: setCover)
    }

    @Sendable private func create(_ request: Request, context: APIContext) async throws -> Response {
        try await answer(request, context, .publish) { dialect, caller in
            switch dialect {
            case .tus: try await create(tus: request, caller)
            case .draft(let version): try await create(draft: request, version, caller, context)
            }
        }
    }

    @Sendable private func locate(_ request: Request, context: APIContext) async throws -> Response {
        try await answer(request, context, .read) { dialect, caller in
            let upload = try await core.locate(try id(context), of: caller)
            var response = Response(status: dialect == .tus ? .ok : .noContent, headers: [.cacheControl: "no-store"])
            response.headers.addFacts(of: upload, dialect)
            return response
        }
    }

    @Sendable private func append(_ request: Request, context: APIContext) async throws -> Response {
        try await answer(request, context, .write) { dialect, caller in
            switch dialect {
            case .tus: try await append(tus: request, to: try id(context), caller)
            case .draft(let version): try await append(draft: request, version, to: try id(context), caller)
            }
        }
    }

    @Sendable private func cancel(_ request: Request, context: APIContext) async throws -> Response {
        try await answer(request, context, .write) { _, caller in
            try await core.cancel(try id(context), of: caller)
            return Response(status: .noContent)
        }
    }

    /// Where no PATCH, HEAD or DELETE gets through.
    @Sendable private func override(_ request: Request, context: APIContext) async throws -> Response {
        switch request.headers[.methodOverride]?.uppercased() {
        case "PATCH": return try await append(request, context: context)
        case "DELETE": return try await cancel(request, context: context)
        case "HEAD":
            var response = try await locate(request, context: context)
            response.body = ResponseBody()
            return response
        default:
            throw APIError(
                .wrongMethod,
                "An upload answers HEAD, PATCH, DELETE and GET.",
                chinese: "上传地址只支持 HEAD、PATCH、DELETE 和 GET。"
            )
        }
    }

    /// Without a protocol: for whoever wants to know which video an upload has become.
    @Sendable private func show(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try await gate.requireCaller(DouyinParameters(queryOf: request), for: .read)
        var response = Response(
            status: .ok,
            json: try JSON.encode(UploadDocument(try await core.require(try id(context), of: caller)))
        )
        response.headers.addCORS()
        return response
    }

    @Sendable private func setCover(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try await gate.requireCaller(DouyinParameters(queryOf: request), for: .write)
        let upload = try await core.require(try id(context), of: caller)
        let bytes = try await request.readBody(maxBytes: core.rules.coverMaxBytes)
        try await core.setCover(Array(bytes.readableBytesView), of: upload)
        var response = Response(status: .noContent)
        response.headers.addCORS()
        return response
    }

    /// Answers in the request's protocol, also what goes wrong.
    private func answer(
        _ request: Request,
        _ context: APIContext,
        _ group: LimitGroup,
        _ body: (UploadDialect, UserID) async throws -> Response
    ) async throws -> Response {
        let dialect: Result<UploadDialect, APIError> = Result { () throws(APIError) in
            try UploadDialect(request.headers)
        }
        var response: Response
        do {
            try gate.limits.charge(request, context, for: group)
            let caller = try await gate.requireCaller(DouyinParameters(queryOf: request), for: group)
            response = try await body(dialect.get(), caller)
        } catch {
            let refusal = context.refusal(for: error)
            response = try .problem(refusal, context)
            if let position = refusal.upload { try? dialect.get().addPosition(position, to: &response.headers) }
        }
        if case .success(.draft(let version)) = dialect {
            response.headers[.uploadInteropVersion] = "\(version)"
        } else {
            response.headers[.tusResumable] = UploadDialect.tusVersion
            response.headers[.tusVersion] = UploadDialect.tusVersion
        }
        response.headers.addCORS()
        return response
    }

    private func id(_ context: APIContext) throws(APIError) -> String {
        guard let id = context.parameters.get("id") else { throw .unknownUpload }
        return id
    }
}

extension UploadController {
    /// What this server can do; for browsers, also what they may ask.
    @Sendable private func options(_ request: Request, context: APIContext) async throws -> Response {
        var response = Response(status: .noContent)
        response.headers[.tusResumable] = UploadDialect.tusVersion
        response.headers[.tusVersion] = UploadDialect.tusVersion
        response.headers[.tusExtension] =
            "creation,creation-with-upload,creation-defer-length,checksum,expiration,termination,concatenation"
        response.headers[.tusMaxSize] = "\(core.rules.maxBytes)"
        response.headers[.tusChecksumAlgorithm] = UploadChecksum.Algorithm.allCases.map(\.rawValue)
            .joined(separator: ",")
        response.headers[.uploadLimit] = "max-size=\(core.rules.maxBytes)"
        if let version = request.headers[.uploadInteropVersion] { response.headers[.uploadInteropVersion] = version }
        response.headers.addCORS()
        response.headers[.accessControlAllowMethods] = "POST, HEAD, PATCH, DELETE, GET, PUT, OPTIONS"
        response.headers[.accessControlAllowHeaders] = HTTPFields.requestHeaders
        response.headers[.accessControlMaxAge] = "86400"
        return response
    }
}

extension HTTPFields {
    fileprivate static let requestHeaders = """
        Authorization, Content-Type, Content-Disposition, Tus-Resumable, Upload-Length, Upload-Defer-Length, \
        Upload-Offset, Upload-Metadata, Upload-Checksum, Upload-Concat, Upload-Complete, Upload-Incomplete, \
        Upload-Draft-Interop-Version, X-HTTP-Method-Override, X-Request-Id, X-Requested-With
        """
    private static let responseHeaders = """
        Location, Retry-After, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm, \
        Upload-Length, Upload-Defer-Length, Upload-Offset, Upload-Metadata, Upload-Concat, Upload-Expires, \
        Upload-Complete, Upload-Incomplete, Upload-Limit, Upload-Video, Upload-Draft-Interop-Version, X-Request-Id
        """

    /// Pages of any origin may upload: a token says who does, and no cookie.
    fileprivate mutating func addCORS() {
        self[.accessControlAllowOrigin] = "*"
        self[.accessControlExposeHeaders] = Self.responseHeaders
    }
}
