import CLibCurl

/// Owns one easy handle and what it points to: a request that is performed once, on one thread.
final class CurlRequest {
    private let handle: UnsafeMutableRawPointer
    private let url: String
    private var form: OpaquePointer?
    private var progress: ProgressBox?
    private var body: [UInt8] = []

    private final class ProgressBox {
        let report: @Sendable (Int64, Int64) -> Void
        init(_ report: @escaping @Sendable (Int64, Int64) -> Void) { self.report = report }
    }

    // curl_global_init is not thread-safe; a static is set up once.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init(url: String, connectTimeoutSeconds: Int, stallTimeoutSeconds: Int) throws(CurlError) {
        guard Self.isReady, let handle = curl_easy_init() else { throw CurlError(CURLE_FAILED_INIT, url: url) }
        self.handle = handle
        self.url = url
        try check(clibcurl_set_string(handle, CURLOPT_URL, url))
        // Signals and threads do not mix; timeouts then need no signals.
        try check(clibcurl_set_long(handle, CURLOPT_NOSIGNAL, 1))
        try check(clibcurl_set_long(handle, CURLOPT_CONNECTTIMEOUT, connectTimeoutSeconds))
        try check(clibcurl_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1))
        try check(clibcurl_set_long(handle, CURLOPT_LOW_SPEED_TIME, stallTimeoutSeconds))
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_mime_free(form)
    }

    /// Makes the request a POST of `application/x-www-form-urlencoded`.
    func setForm(fields: [(String, String)]) throws(CurlError) {
        let body = fields.map { "\(escaped($0.0))=\(escaped($0.1))" }.joined(separator: "&")
        try check(clibcurl_set_string(handle, CURLOPT_COPYPOSTFIELDS, body))
    }

    /// Makes the request a POST of `multipart/form-data`, the files first.
    func setForm(files: [(field: String, path: String)], fields: [(String, String)]) throws(CurlError) {
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

    func setProgress(_ report: @escaping @Sendable (Int64, Int64) -> Void) throws(CurlError) {
        let box = ProgressBox(report)
        progress = box
        let code = clibcurl_set_progress(
            handle,
            { context, _, _, total, sent in
                guard let context else { return 0 }
                Unmanaged<ProgressBox>.fromOpaque(context).takeUnretainedValue().report(Int64(sent), Int64(total))
                return 0
            },
            Unmanaged.passUnretained(box).toOpaque()
        )
        try check(code)
    }

    /// Performs the request and returns once the whole answer is here.
    func perform() throws(CurlError) -> CurlResponse {
        let code = clibcurl_set_write(
            handle,
            { bytes, _, count, context in
                guard let bytes, let context else { return 0 }
                let request = Unmanaged<CurlRequest>.fromOpaque(context).takeUnretainedValue()
                request.body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
                return count
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
        try check(code)
        let ended = curl_easy_perform(handle)
        var status = 0
        try check(clibcurl_response_code(handle, &status))
        // A server that refuses an upload answers and hangs up while we still
        // send: the answer says more than the broken connection.
        if status < 200 || body.isEmpty { try check(ended) }
        return CurlResponse(status: status, body: body)
    }

    private func escaped(_ text: String) -> String {
        guard let bytes = curl_easy_escape(handle, text, Int32(text.utf8.count)) else { return "" }
        defer { curl_free(bytes) }
        return String(cString: bytes)
    }

    private func check(_ code: CURLcode) throws(CurlError) {
        guard code == CURLE_OK else { throw CurlError(code, url: url) }
    }
}
