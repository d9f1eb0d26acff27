import Domain

extension MediaRefusal {
    /// For those who upload, by kind; the English sentence also names the format.
    var chinese: String {
        switch code {
        case .empty: "文件是空的，请选择视频后重新上传。"
        case .noVideo: "该文件没有画面，请上传视频。"
        case .unsupportedFormat: "不支持该格式，请上传 MP4、MOV、MKV、WebM、AVI 或 MPEG 文件。"
        default: "该文件不是可识别的视频，请上传 MP4、MOV、MKV、WebM、AVI 或 MPEG 文件。"
        }
    }
}
