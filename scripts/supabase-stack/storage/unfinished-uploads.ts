import { FileStore } from "@tus/file-store";
import { Upload } from "@tus/server";

/**
 * Uploads that are still coming in, as files. A finished one has moved away, but whoever lost the
 * answer to its last chunk asks how far it got and must hear "all of it", as on hosted projects.
 */
export class UnfinishedUploads extends FileStore {
  override async getUpload(id: string): Promise<Upload> {
    const known = await this.configstore.get(id);
    if (known !== undefined && known.size !== undefined && known.offset === known.size) {
      const { size, offset, metadata, creation_date } = known;
      return new Upload({
        id,
        size,
        offset,
        ...(metadata === undefined ? {} : { metadata }),
        ...(creation_date === undefined ? {} : { creation_date }),
      });
    }
    return super.getUpload(id);
  }

  async markFinished(upload: Upload): Promise<void> {
    upload.offset = upload.size ?? 0;
    await this.configstore.set(upload.id, upload);
  }
}
