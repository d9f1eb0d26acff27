import Domain
public import Postgres

extension VideoID: PostgresEncodable, PostgresDecodable, PostgresArrayElement {}
extension UserID: PostgresEncodable, PostgresDecodable, PostgresArrayElement {}
extension CommentID: PostgresEncodable, PostgresDecodable {}
extension VideoState: PostgresEncodable, PostgresDecodable {}
extension VideoVisibility: PostgresEncodable, PostgresDecodable {}
extension UploadKind: PostgresEncodable, PostgresDecodable {}
extension UploadState: PostgresEncodable, PostgresDecodable {}
