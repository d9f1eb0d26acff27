import Foundation

/// What differs between the services that speak S3's way: addresses, signatures, names of fields, checksums.
protocol BucketDialect: Sendable {
    /// For errors, for example `S3`.
    var name: String { get }
    /// How the service's own header fields begin, for example `x-amz-`.
    var headerPrefix: String { get }
    /// The checksums it wants of what is sent.
    var digests: BodyDigest.Kinds { get }
    /// The bucket's name.
    var bucket: String { get }
    /// Where requests go.
    var address: BucketAddress { get }

    /// The request as it is sent now.
    func signed(_ request: BucketRequest, at now: Date) -> CurlRequest

    /// An address that anybody can use for so many seconds.
    func presigned(_ method: String, _ path: String, expiresInSeconds: Int, at now: Date) -> String

    /// Whether the answer to a put is about these bytes; `nil` when the service does not say.
    func confirms(_ digest: BodyDigest, _ answer: CurlHeaders) -> Bool?

    /// Whether what completed an upload is these parts; `nil` when the service does not say.
    func confirms(_ parts: [MultipartPart], _ answer: CurlHeaders, etag: String) -> Bool?

    /// The checksum of a whole object that is about to be read; `nil` when the service does not say.
    func digest(ofObjectWith answer: CurlHeaders) -> BodyDigest?
}
