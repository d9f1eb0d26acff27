/// Everything that can be wrong with a profile picture.
extension InputRefusal {
    static let notAPicture = InputRefusal(
        "This file is not a picture that we accept. Choose a JPEG, PNG or WebP picture.",
        chinese: "不支持这种文件，请选择 JPEG、PNG 或 WebP 格式的图片。"
    )
    static let animatedPicture = InputRefusal(
        "This picture is animated. Choose a picture that stands still, as JPEG, PNG or WebP.",
        chinese: "不支持动图，请选择 JPEG、PNG 或 WebP 格式的静态图片。"
    )
    static let damagedPicture = InputRefusal(
        "The picture is damaged or incomplete. Open it, save it again as JPEG or PNG, and upload that.",
        chinese: "图片已损坏或不完整，请打开后另存为 JPEG 或 PNG 再上传。"
    )
    static let unusualPicture = InputRefusal(
        "Most apps cannot show this kind of JPEG or PNG. Open it, save it as an ordinary JPEG, and upload that.",
        chinese: "多数应用无法显示这种 JPEG 或 PNG，请打开后另存为普通的 JPEG 再上传。"
    )
    static let pictureSize = InputRefusal(
        """
        A picture must be \(UploadedPicture.side.lowerBound) to \(UploadedPicture.side.upperBound) pixels wide and high. \
        Resize it and upload it again.
        """,
        chinese: """
            图片的宽和高须在 \(UploadedPicture.side.lowerBound) 到 \(UploadedPicture.side.upperBound) 像素之间，请调整后再上传。
            """
    )
}
