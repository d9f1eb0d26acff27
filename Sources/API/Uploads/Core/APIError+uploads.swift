import Database
import Domain

/// What is refused about uploads.
extension APIError {
    static let emptyUpload = APIError(
        .notAVideo,
        "The file is empty. Choose a video and upload it again.",
        chinese: "文件是空的，请选择视频后重新上传。"
    )
    static let unknownUpload = APIError(
        .unknownUpload,
        "There is no such upload. Begin again.",
        chinese: "上传不存在，请重新开始上传。"
    )
    static let uploadCancelled = APIError(
        .uploadGone,
        "This upload was cancelled. Begin again.",
        chinese: "该上传已取消，请重新开始上传。"
    )
    static let uploadExpired = APIError(
        .uploadGone,
        "This upload waited too long for its next byte. Begin again.",
        chinese: "该上传已过期，请重新开始上传。"
    )
    static let uploadLost = APIError(
        .uploadGone,
        "What was stored of this upload is gone. Begin again.",
        chinese: "该上传已存储的内容丢失，请重新开始上传。"
    )
    static let uploadTakenOver = APIError(
        .uploadTakenOver,
        "A newer request goes on with this upload. Ask where it is, and go on there.",
        chinese: "该上传已由新的请求继续，请查询当前位置后继续。"
    ).closingConnection
    static let uploadInterrupted = APIError(
        .incompleteUpload,
        "The request ended too early. What came is kept; go on from there.",
        chinese: "请求提前结束，已收到的内容已保存，请从该处继续。"
    ).closingConnection
    static let uploadBusy = APIError(
        .uploadBusy,
        "Another process still writes to this upload. Try again in a moment.",
        chinese: "该上传正在被其他进程写入，请稍后重试。",
        retryAfterSeconds: 2
    ).closingConnection
    static let notAppendable = APIError(
        .notAllowed,
        "An upload that is made of others takes no bytes of its own.",
        chinese: "由其他上传合并而成的上传不能追加内容。"
    ).closingConnection
    static let repeatedPart = APIError(
        .invalidParameter,
        "Upload-Concat names an upload twice. Name each part once.",
        chinese: "Upload-Concat 重复引用了同一上传，每个分段只能引用一次。"
    )
    static let uploadUnfinished = APIError(
        .uploadUnfinished,
        "Everything has arrived and is kept, but cannot be published at the moment. This is tried again without you. "
            + "Should the video not appear, send it again: that makes no second one.",
        chinese: "内容已全部收到并保存，但暂时无法发布，系统会自动重试。如视频未出现，可重新发送，不会产生重复视频。",
        retryAfterSeconds: 60
    )
    static let uploadStuck = APIError(
        .uploadUnfinished,
        "Everything has arrived, but no video could be made of it, however often it was tried. It is kept for a while: "
            + "ask the operators, or upload it again.",
        chinese: "内容已全部收到，但多次尝试后仍无法处理。内容会保留一段时间，请联系管理员或重新上传。"
    )
    static let noCoverNow = APIError(
        .notAllowed,
        "A cover can be sent until the last byte of the video, and for a video only.",
        chinese: "封面只能在视频上传完成之前发送。"
    )
    static let uploadIsVideo = APIError(
        .notAllowed,
        "This upload has become a video. Delete the video instead.",
        chinese: "该上传已成为视频，请删除视频。"
    )
    static let inconsistentLength = APIError(
        .invalidParameter,
        "The length of the upload is not the one that was declared, or cannot be.",
        chinese: "上传长度与声明的不一致，或不可能成立。"
    ).closingConnection
    static let checksumMismatch = APIError(
        .checksumMismatch,
        "The bytes are not those of the checksum. Send them again.",
        chinese: "内容与校验值不符，请重新发送。"
    )

    static func uploadRefused(_ reason: String) -> APIError {
        APIError(.uploadGone, "This upload was refused. \(reason)", chinese: "该上传已被拒绝。\(reason)")
    }

    static func partNotFinished(_ id: String) -> APIError {
        APIError(
            .invalidParameter,
            "The upload \(id.prefix(64)) is no part that has been uploaded to its end.",
            chinese: "上传 \(id.prefix(64)) 不是已完成的分段。"
        )
    }

    static func offsetMismatch(_ upload: UploadRecord) -> APIError {
        var error = APIError(
            .offsetMismatch,
            "This upload goes on at byte \(upload.offsetBytes).",
            chinese: "该上传应从第 \(upload.offsetBytes) 字节继续。"
        ).closingConnection
        error.upload = UploadPosition(upload)
        return error
    }

    static func longerThanDeclared(_ length: Int64) -> APIError {
        APIError(
            .longerThanDeclared,
            "The upload was declared to have \(length) bytes; more came.",
            chinese: "上传声明的长度为 \(length) 字节，收到的内容超出。"
        ).closingConnection
    }

    static func fileTooLarge(_ maxBytes: Int64) -> APIError {
        APIError(
            .fileTooLarge,
            "The file is larger than \(describe(maxBytes)). Upload a shorter video.",
            chinese: "文件超过 \(describe(maxBytes))，请上传更短的视频。"
        ).closingConnection
    }

    /// In the largest unit of which it is a whole number.
    private static func describe(_ bytes: Int64) -> String {
        let units = [("GiB", Int64(1) << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        let unit = units.first { bytes >= $0.1 && bytes % $0.1 == 0 } ?? ("bytes", 1)
        return "\(bytes / unit.1) \(unit.0)"
    }

    /// Says which quota it was, and when it makes sense to try again.
    init(_ excess: UploadQuota.Excess) {
        let seconds = excess.retryAfterSeconds
        let (english, chinese) =
            switch excess.limit {
            case .bytesPerDay(let limit, let left):
                (
                    "You may upload \(Self.describe(limit)) a day, and \(left) bytes are left",
                    "每天最多上传 \(Self.describe(limit))，剩余 \(left) 字节"
                )
            case .videosPerHour(let limit):
                ("You may upload \(limit) videos an hour", "每小时最多上传 \(limit) 个视频")
            case .atOnce(let limit):
                (
                    "You have \(limit) uploads under way, which is all you may. Finish or cancel one",
                    "您已有 \(limit) 个上传在进行中，已达上限，请先完成或取消"
                )
            }
        self.init(
            .uploadQuota,
            "\(english). Try again in \(seconds) s.",
            chinese: "\(chinese)，请在 \(seconds) 秒后重试。",
            retryAfterSeconds: seconds
        )
        closesConnection = true
    }
}

extension UploadPosition {
    init(_ upload: UploadRecord) {
        self.init(offset: upload.offsetBytes, isComplete: upload.state == .finished || upload.state == .received)
    }
}
