/// A picture after its metadata was removed.
struct StrippedPicture {
    let size: PictureSize
    let bytes: [UInt8]
}

/// Width and height in pixels, within the limits.
struct PictureSize: Equatable {
    let width: Int
    let height: Int

    init(width: Int, height: Int) throws(InputRefusal) {
        guard UploadedPicture.side.contains(width), UploadedPicture.side.contains(height) else { throw .pictureSize }
        self.width = width
        self.height = height
    }
}
