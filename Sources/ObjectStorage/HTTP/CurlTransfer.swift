import CLibCurl
import NIOCore

/// One request on its way: owns an easy handle and everything that it points to.
///
/// `@unchecked Sendable`: made by one task, then used on the loop's thread alone; `answer` has a lock.
final class CurlTransfer: @unchecked Sendable {
    let handle: UnsafeMutableRawPointer
    let answer = CurlAnswer()
    let loop: CurlLoop
    private let url: String
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var form: OpaquePointer?
    private var source: BodySource?
    private var stall: StallWatch
    private let progress: (@Sendable (Int64, Int64) -> Void)?
    /// The head of the answer as far as it is here.
    private var head = CurlAnswer.Head()
    /// What libcurl's own buffers hold of a body on its way.
    private static let uploadBufferBytes = 512 * 1024
    private static let receiveBufferBytes = 256 * 1024

    init(_ request: CurlRequest, by client: CurlClient, progress: (@Sendable (Int64, Int64) -> Void)? = nil) throws {
        loop = client.loop
        url = request.publicURL
        self.progress = progress
        stall = StallWatch(seconds: request.deadlines.stalledSeconds)
        guard let handle = curl_easy_init() else { throw CurlError(CURLE_FAILED_INIT, url: url) }
        self.handle = handle
        try setAddress(request)
        try setTrust(request.trust)
        try setHeaders(request.headers)
        try setBody(request.body, method: request.method)
        try setCallbacks()
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_mime_free(form)
        curl_slist_free_all(headerList)
    }

    func deliver() { answer.deliver() }

    func resume() {
        stall.start()
        curl_easy_pause(handle, CURLPAUSE_CONT)
    }

    /// When it is given up if nothing moves until then.
    var stallsAt: ContinuousClock.Instant? { stall.endsAt }

    /// Gives it up; its handle is nobody's any more.
    func endStalled() {
        let message = "no byte came or went for \(stall.seconds) s"
        answer.finish(.failure(CurlError(CURLE_OPERATION_TIMEDOUT, url: url, message: message)))
    }

    func endCancelled() { answer.finish(.failure(CancellationError())) }

    func end(_ code: CURLcode) {
        if !answer.hasHead, head.status >= 200 { answer.begin(head) }
        if code == CURLE_OK {
            answer.finish(answer.hasHead ? .success(()) : .failure(CurlError(CURLE_GOT_NOTHING, url: url)))
        } else if let failure = source?.failure {
            answer.finish(.failure(failure))
        } else if code == CURLE_SEND_ERROR, head.status >= 400 {
            // A server that refuses an upload answers and hangs up while we still
            // send: the answer says more than the broken connection.
            answer.finish(.success(()))
        } else {
            answer.finish(.failure(CurlError(code, url: url)))
        }
    }

    private func check(_ code: CURLcode) throws(CurlError) {
        guard code == CURLE_OK else { throw CurlError(code, url: url) }
    }
}

/// Setting up.
extension CurlTransfer {
    private func setAddress(_ request: CurlRequest) throws {
        let deadlines = request.deadlines
        try check(clibcurl_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https"))
        try check(clibcurl_set_string(handle, CURLOPT_URL, request.url))
        try check(clibcurl_set_string(handle, CURLOPT_USERAGENT, "clipyard"))
        // A path is sent, and was signed, as it stands.
        try set(CURLOPT_PATH_AS_IS, 1)
        // Signals and threads do not mix; timeouts then need no signals.
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        if request.wantsNewConnection { try set(CURLOPT_FRESH_CONNECT, 1) }
        try set(CURLOPT_CONNECTTIMEOUT, deadlines.connectSeconds)
        try set(CURLOPT_TIMEOUT, deadlines.totalSeconds)
        try set(CURLOPT_BUFFERSIZE, Self.receiveBufferBytes)
        try set(CURLOPT_UPLOAD_BUFFERSIZE, Self.uploadBufferBytes)
    }

    private func setTrust(_ trust: CurlTrust) throws {
        switch trust {
        case .system: break
        case .file(let path): try check(clibcurl_set_string(handle, CURLOPT_CAINFO, path))
        case .anyone:
            try set(CURLOPT_SSL_VERIFYPEER, 0)
            try set(CURLOPT_SSL_VERIFYHOST, 0)
        }
    }

    private func set(_ option: CURLoption, _ value: Int) throws { try check(clibcurl_set_long(handle, option, value)) }

    private func setHeaders(_ headers: CurlHeaders) throws {
        for (name, value) in headers.fields {
            // With a line break in it, one field would be two.
            guard (name + value).utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
                throw CurlError(CURLE_BAD_FUNCTION_ARGUMENT, url: url, message: "a control character in \(name)")
            }
            headerList = curl_slist_append(headerList, value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        try check(clibcurl_set_pointer(handle, CURLOPT_HTTPHEADER, headerList))
    }

    private func setBody(_ body: CurlBody, method: String) throws {
        switch body {
        case .none:
            if method == "HEAD" { try set(CURLOPT_NOBODY, 1) }
            // Without a length of 0, servers refuse.
            if method == "POST" || method == "PUT" { try setSource(BodySource(ByteBuffer())) }
        case .bytes(let bytes): try setSource(BodySource(bytes))
        case .file(let path, let range): try setSource(BodySource(path: path, range: range))
        case .form(let files, let fields): try setForm(files: files, fields: fields)
        }
        if method != "HEAD" { try check(clibcurl_set_string(handle, CURLOPT_CUSTOMREQUEST, method)) }
    }

    private func setSource(_ source: BodySource) throws {
        self.source = source
        try set(CURLOPT_UPLOAD, 1)
        try check(clibcurl_set_offset(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(source.count)))
        let context = Unmanaged.passUnretained(source).toOpaque()
        let read = clibcurl_set_read(
            handle,
            { bytes, size, count, context in
                guard let bytes, let context else { return Int(CURL_READFUNC_ABORT) }
                let source = Unmanaged<BodySource>.fromOpaque(context).takeUnretainedValue()
                return source.read(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
            },
            context
        )
        try check(read)
        let seek = clibcurl_set_seek(
            handle,
            { context, offset, origin in
                guard let context, origin == SEEK_SET else { return CURL_SEEKFUNC_CANTSEEK }
                let source = Unmanaged<BodySource>.fromOpaque(context).takeUnretainedValue()
                return source.seek(to: Int64(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
            },
            context
        )
        try check(seek)
    }

    private func setForm(files: [(field: String, path: String)], fields: [(String, String)]) throws {
        form = curl_mime_init(handle)
        for file in files {
            let part = curl_mime_addpart(form)
            try check(curl_mime_name(part, file.field))
            try check(curl_mime_filedata(part, file.path))
        }
        for (name, value) in fields {
            let part = curl_mime_addpart(form)
            try check(curl_mime_name(part, name))
            try check(curl_mime_data(part, value, value.utf8.count))
        }
        try check(clibcurl_set_pointer(handle, CURLOPT_MIMEPOST, UnsafeRawPointer(form)))
    }

    private func setCallbacks() throws {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let header = clibcurl_set_header(
            handle,
            { bytes, size, count, context in
                guard let bytes, let context else { return 0 }
                let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue().read(headerLine: line)
                return size * count
            },
            context
        )
        try check(header)
        let write = clibcurl_set_write(
            handle,
            { bytes, size, count, context in
                guard let bytes, let context else { return 0 }
                let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
                return transfer.take(UnsafeRawBufferPointer(start: bytes, count: size * count))
            },
            context
        )
        try check(write)
        try setProgress(context)
    }

    private func setProgress(_ context: UnsafeMutableRawPointer) throws {
        let connected = clibcurl_set_prerequest(
            handle,
            { context, _, _, _, _ in
                guard let context else { return CURL_PREREQFUNC_ABORT }
                Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue().stall.start()
                return CURL_PREREQFUNC_OK
            },
            context
        )
        try check(connected)
        let code = clibcurl_set_progress(
            handle,
            { context, _, received, total, sent in
                guard let context else { return 0 }
                let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
                transfer.stall.moved(to: Int64(received) + Int64(sent))
                transfer.progress?(Int64(sent), Int64(total))
                return 0
            },
            context
        )
        try check(code)
    }
}

/// Reading the answer.
extension CurlTransfer {
    /// How many bytes were taken, or that they must come again later.
    fileprivate func take(_ piece: UnsafeRawBufferPointer) -> Int {
        if answer.take(piece) { return piece.count }
        stall.pause()
        return Int(CURL_WRITEFUNC_PAUSE)
    }

    fileprivate func read(headerLine bytes: UnsafeRawBufferPointer) {
        stall.start()
        // A field after the body, which nobody asks for.
        guard !answer.hasHead else { return }
        let line = Substring(decoding: bytes, as: UTF8.self).trimmingLineEnd()
        if line.hasPrefix("HTTP/") {
            let words = line.split(separator: " ")
            head = .init(status: words.dropFirst().first.flatMap { Int($0) } ?? 0)
            head.httpVersion = String(words[0].dropFirst("HTTP/".count))
        } else if !line.isEmpty {
            _ = head.headers.append(line: line)
        } else if head.status >= 200, head.status != 417 {
            // After 417 libcurl sends the request once more, without Expect.
            answer.begin(head)
        }
    }
}
