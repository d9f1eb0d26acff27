import Database
import Feed
import NIOCore

/// A video of the feed as JSON, rendered once for everyone.
struct FeedFragment: Sendable {
    /// As somebody sees it who is not logged in.
    let anonymous: ByteBuffer
    private let marks: DouyinVideo.Marks

    init(_ video: DouyinVideo) {
        var json = JSONWriter()
        marks = video.write(to: &json)
        anonymous = json.buffer
    }

    /// Writes it with the two values of one viewer in place of the two `false`.
    func write(to buffer: inout ByteBuffer, isFollow: Bool, isFavorite: Bool) {
        guard isFollow || isFavorite else { return _ = buffer.writeImmutableBuffer(anonymous) }
        var position = 0
        for (mark, value) in [(marks.isFollow, isFollow), (marks.isFavorite, isFavorite)] {
            copy(position..<mark, to: &buffer)
            buffer.writeStaticString(value ? "true" : "false")
            position = mark + "false".utf8.count
        }
        copy(position..<anonymous.writerIndex, to: &buffer)
    }

    private func copy(_ range: Range<Int>, to buffer: inout ByteBuffer) {
        guard let slice = anonymous.getSlice(at: range.lowerBound, length: range.count) else { return }
        buffer.writeImmutableBuffer(slice)
    }
}
