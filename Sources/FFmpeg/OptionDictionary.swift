import CFFmpeg

/// Calls `body` with an `AVDictionary` made of `options`.
///
/// libav* takes the options that it knows out of the dictionary and says
/// nothing about the rest, so a left-over key, a misspelling, is an error here.
@discardableResult
func withDictionary<Result>(
    _ options: [String: String],
    _ body: (inout OpaquePointer?) throws(FFmpegError) -> Result
) throws(FFmpegError) -> Result {
    var dictionary: OpaquePointer?
    defer { av_dict_free(&dictionary) }
    for (key, value) in options { av_dict_set(&dictionary, key, value, 0) }
    let result = try body(&dictionary)
    if let unknown = av_dict_get(dictionary, "", nil, AV_DICT_IGNORE_SUFFIX) {
        let key = String(cString: unknown.pointee.key)
        throw FFmpegError(AVERROR_OPTION_NOT_FOUND, operation: "set option", subject: key)
    }
    return result
}
